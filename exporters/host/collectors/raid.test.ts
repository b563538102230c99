import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { collect, type GivenSection, hostInput, print } from '../../../test/support/host.ts';
import { collector } from './raid.ts';

const fixture = (name: string) => fixtureText(`raid/${name}`);

/** What is emitted before the collector ends, and the message when it ends with an error. */
function partly(sections: Readonly<Record<string, GivenSection>>): { lines: string[]; message: string } {
  const lines: string[] = [];
  try {
    for (const sample of collector.samples(hostInput(sections))) lines.push(...print(sample));
  } catch (error) {
    return { lines, message: error instanceof Error ? error.message : String(error) };
  }
  return { lines, message: '' };
}

describe('raid on an old MegaRAID', () => {
  const lines = collect(collector, {
    'raid-drivers':
      '/sys/class/scsi_host/host0/proc_name\tmegaraid_sas\n/sys/class/scsi_host/host1/proc_name\tahci\n',
    storcli: { status: 'absent' },
    'megacli:adapters': fixture('megacli-adpallinfo.txt'),
    'megacli:volumes': fixture('megacli-ldinfo.txt'),
    'megacli:drives': fixture('megacli-pdlist.txt'),
    'megacli:batteries': fixture('megacli-bbu.txt'),
  });
  const of = (pattern: RegExp) => lines.filter((line) => pattern.test(line));

  it('tells the controller and its dead battery', () => {
    expect(of(/_controllers|_info\{controller="megacli:0",tool|battery.* (?!0$)/)).toEqual([
      'pgfleet_raid_controllers{tool="megacli"} 1',
      'pgfleet_raid_controller_info{controller="megacli:0",tool="megacli",model="PERC 6/i Integrated",serial="1122334455667788",firmware="6.3.3.0002"} 1',
      'pgfleet_raid_battery_info{controller="megacli:0",battery="0",kind="battery",model="BBU",serial="4711"} 1',
      'pgfleet_raid_battery_state{controller="megacli:0",battery="0",state="replace"} 1',
      'pgfleet_raid_battery_replacement_required{controller="megacli:0",battery="0"} 1',
      'pgfleet_raid_battery_temperature_celsius{controller="megacli:0",battery="0"} 36',
      'pgfleet_raid_battery_voltage_volts{controller="megacli:0",battery="0"} 3.761',
      'pgfleet_raid_battery_charge_ratio{controller="megacli:0",battery="0"} 0.41',
      'pgfleet_raid_battery_health_ratio{controller="megacli:0",battery="0"} 0.22',
    ]);
    expect(of(/memory_errors/)).toEqual([
      'pgfleet_raid_controller_memory_errors_total{controller="megacli:0",kind="correctable"} 12',
      'pgfleet_raid_controller_memory_errors_total{controller="megacli:0",kind="uncorrectable"} 0',
    ]);
    expect(of(/controller_state/)).toEqual([]);
  });

  it('tells that commits wait for the disks, which nobody configured', () => {
    expect(of(/volume="0".*policy="[a-z_]+"} 1$|cache_lost|unprotected/)).toEqual([
      'pgfleet_raid_volume_write_policy{controller="megacli:0",volume="0",when="current",policy="write_through"} 1',
      'pgfleet_raid_volume_write_policy{controller="megacli:0",volume="0",when="default",policy="write_back"} 1',
      'pgfleet_raid_volume_write_cache_lost{controller="megacli:0",volume="0"} 1',
      'pgfleet_raid_volume_write_cache_unprotected{controller="megacli:0",volume="0"} 0',
      'pgfleet_raid_volume_write_cache_lost{controller="megacli:0",volume="1"} 0',
      'pgfleet_raid_volume_write_cache_unprotected{controller="megacli:0",volume="1"} 1',
    ]);
  });

  it('gives one series for each state of a volume and of a drive', () => {
    expect(of(/volume_state\{.*volume="0"/)).toEqual(
      ['ok', 'degraded', 'rebuilding', 'migrating', 'initializing', 'failed', 'inactive', 'other'].map(
        (state) =>
          `pgfleet_raid_volume_state{controller="megacli:0",volume="0",state="${state}"} ${Number(state === 'degraded')}`,
      ),
    );
    expect(of(/drive_state.* 1$/)).toEqual([
      'pgfleet_raid_drive_state{controller="megacli:0",drive="32:0",state="ok"} 1',
      'pgfleet_raid_drive_state{controller="megacli:0",drive="32:1",state="predictive_failure"} 1',
      'pgfleet_raid_drive_state{controller="megacli:0",drive="32:2",state="failed"} 1',
      'pgfleet_raid_drive_state{controller="megacli:0",drive=":5",state="foreign"} 1',
    ]);
  });

  it('tells what the drive is and what was counted, and leaves out what was not', () => {
    expect(of(/drive="32:1"/).filter((line) => !/drive_state/.test(line))).toEqual([
      'pgfleet_raid_drive_info{controller="megacli:0",drive="32:1",group="0",role="data",model="SEAGATE ST3300657SS",serial="3SJ0BBBB",firmware="ES64",protocol="sas",medium="hdd",device_id="1"} 1',
      'pgfleet_raid_drive_size_bytes{controller="megacli:0",drive="32:1"} 299999170658',
      'pgfleet_raid_drive_errors_total{controller="megacli:0",drive="32:1",kind="media"} 47',
      'pgfleet_raid_drive_errors_total{controller="megacli:0",drive="32:1",kind="other"} 3',
      'pgfleet_raid_drive_errors_total{controller="megacli:0",drive="32:1",kind="predictive"} 2',
      'pgfleet_raid_drive_predictive_failure{controller="megacli:0",drive="32:1"} 1',
    ]);
  });

  it('leaves no adapter unread', () => {
    expect(of(/unread/)).toEqual([]);
  });
});

describe('raid with several tools', () => {
  it('believes storcli where MegaCli knows the same controller', () => {
    const same = fixture('megacli-adpallinfo.txt').replace('1122334455667788', 'SK00000001');

    const lines = collect(collector, {
      'storcli:controllers': fixture('storcli-show-all.json'),
      'megacli:adapters': same,
    });

    expect(lines.filter((line) => /controller_info/.test(line))).toHaveLength(1);
    expect(lines).toContain('pgfleet_raid_controllers{tool="megacli"} 1');
  });

  it('keeps a controller that only the older tool knows', () => {
    const lines = collect(collector, {
      'storcli:controllers': fixture('storcli-show-all.json'),
      'megacli:adapters': fixture('megacli-adpallinfo.txt'),
    });

    expect(lines.filter((line) => /controller_info/.test(line))).toHaveLength(2);
  });

  it('reads each of the others', () => {
    const lines = collect(collector, {
      'ssacli:config': fixture('ssacli-config-detail.txt'),
      'arcconf:2': fixture('arcconf-6405.txt'),
      'sas2ircu:0': fixture('sas2ircu-display.txt'),
      'sas2ircu:0:status': fixture('sas2ircu-status.txt'),
      'tw_cli:c4': fixture('tw-cli-show-all.txt'),
    });

    expect(
      lines
        .filter((line) => /controller_info/.test(line))
        .map((line) => /controller="([^"]+)"/.exec(line)?.[1]),
    ).toEqual(['ssacli:0', 'ssacli:3', 'arcconf:2', 'sas2ircu:0', 'tw_cli:4']);
    expect(lines).toContain(
      'pgfleet_raid_volume_task_progress_ratio{controller="sas2ircu:0",volume="1",task="resync"} 0.625',
    );
    expect(lines).toContain(
      'pgfleet_raid_controller_cache_state{controller="ssacli:0",state="permanently_disabled"} 1',
    );
  });

  it('names the volumes that the kernel lists when no tool is there, without a state', () => {
    const lines = collect(collector, {
      'raid-drivers': '/sys/class/scsi_host/host0/proc_name\thpsa\n',
      cciss:
        '/proc/driver/cciss/cciss0\tcciss0: HP Smart Array P400 Controller\n/proc/driver/cciss/cciss0\tcciss/c0d0:   73.37GB\tRAID 5\n',
    });

    expect(lines).toContain('pgfleet_raid_adapters_unread{driver="hpsa"} 1');
    expect(lines).toContain(
      'pgfleet_raid_volume_info{controller="cciss:0",volume="c0d0",device="/dev/cciss/c0d0",level="raid5"} 1',
    );
    expect(lines.some((line) => /volume_state/.test(line))).toBe(false);
  });

  it('counts the adapters whose volumes nobody watches', () => {
    const drivers = ['megaraid_sas', 'megaraid_sas', 'arcmsr', 'ahci', 'usb-storage'];
    const tree = drivers
      .map((driver, host) => `/sys/class/scsi_host/host${host}/proc_name\t${driver}\n`)
      .join('');

    expect(collect(collector, { 'raid-drivers': tree })).toEqual([
      'pgfleet_raid_adapters_unread{driver="megaraid_sas"} 2',
      'pgfleet_raid_adapters_unread{driver="arcmsr"} 1',
      'pgfleet_raid_coverage_ratio 0',
    ]);
  });

  it('tells the identity of arrays of the kernel, and the places without a device', () => {
    const lines = collect(collector, { mdadm: fixture('mdadm-detail.txt') });

    expect(lines.filter((line) => /md_info|state="missing"/.test(line))).toEqual([
      'pgfleet_raid_md_info{device="md2",uuid="245e1231:00000000:00000000:00000001",name="db9:2",metadata="1.2"} 1',
      'pgfleet_raid_md_info{device="md3",metadata="1.2"} 1',
      ...[1, 2, 3].map(
        (place) => `pgfleet_raid_drive_state{controller="md",drive="md3/place ${place}",state="missing"} 1`,
      ),
    ]);
  });
});

describe('raid when something cannot be read', () => {
  it('serves the rest and fails visibly', () => {
    const { lines, message } = partly({
      'megacli:adapters': fixture('megacli-adpallinfo.txt'),
      'megacli:drives': { status: 'timeout' },
      'ssacli:config': { status: 'denied', output: 'sudo: a password is required\n' },
    });

    expect(lines).toContain('pgfleet_raid_controllers{tool="megacli"} 1');
    expect(message).toBe(
      'section megacli:drives: hung on the host; section ssacli:config: reading it needs more privileges',
    );
  });

  it('takes a part that is not there for no failure', () => {
    const absent =
      'Adapter 0: Get BBU Status Failed.\n\nFW error description: \n The required hardware component is not present.  \n';

    const { lines, message } = partly({
      'megacli:adapters': fixture('megacli-adpallinfo.txt'),
      'megacli:batteries': { status: 'failed', exitCode: 34, output: absent },
    });

    expect(message).toBe('');
    expect(lines).toContain(
      'pgfleet_raid_battery_state{controller="megacli:0",battery="0",state="not_installed"} 1',
    );
  });

  it('says the code of a tool that failed without a word', () => {
    expect(partly({ 'tw_cli:list': { status: 'failed', exitCode: 139 } }).message).toBe(
      'section tw_cli:list: failed on the host with code 139',
    );
    expect(partly({ mdadm: { status: 'denied' } }).message).toContain('mdadm');
  });

  it('finds nothing on a machine without any', () => {
    expect(partly({ 'raid-drivers': { status: 'absent' }, storcli: { status: 'absent' } })).toEqual({
      lines: ['pgfleet_raid_coverage_ratio 1'],
      message: '',
    });
  });
});

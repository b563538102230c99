import { describe, expect, it } from 'vitest';
import { type Given, readingsOf } from '../../test/support/host-report.ts';
import { findings } from './report-findings.ts';
import type { Finding } from './report-rule.ts';

const MADE_AT = Date.UTC(2026, 0, 31) / 1000;
const DAY = 86_400;

const find = (...given: readonly Given[]): readonly Finding[] =>
  findings({ readings: readingsOf(...given), madeAt: MADE_AT });

const VOLUME = { controller: 'megacli:0', volume: '0' };
const DRIVE = { controller: 'megacli:0', drive: '32:2' };
const BATTERY = { controller: 'ssacli:0', battery: '0' };

const ADAPTER = { address: '0000:03:00.0', kind: 'storage', name: 'host0' };

const BAD: readonly (readonly [Given, string, RegExp])[] = [
  [['pgfleet_pcie_link_downgraded', { ...ADAPTER, what: 'width' }, 1], 'warning', /host0 has lost lanes/],
  [['pgfleet_network_speed_below_capability', { device: 'eth0' }, 1], 'warning', /eth0 is connected slower/],
  [['node_cpu_package_throttles_total', { package: '1' }, 7], 'info', /Processor 1 was slowed down 7 times/],
  [['pgfleet_host_microcode_outdated', {}, 1], 'info', /microcode .* is older/],
  [['pgfleet_filesystem_ext4_errors_total', { device: 'sda1' }, 2], 'warning', /sda1 remembers 2 errors/],
  [
    ['pgfleet_filesystem_remounted_readonly', { mountpoint: '/data' }, 1],
    'critical',
    /\/data became read-only/,
  ],
  [
    ['pgfleet_host_uptime_limit_seconds', { fault: 'x', what: 'kernel' }, 10 * DAY],
    'critical',
    /kernel hangs machines .* has 10 days left/,
  ],
  [
    ['pgfleet_host_uptime_limit_seconds', { fault: 'x', what: 'kernel' }, 100 * DAY],
    'warning',
    /has 100 days left/,
  ],
  [['pgfleet_raid_volume_state', { ...VOLUME, state: 'failed' }, 1], 'critical', /serves no data/],
  [
    ['pgfleet_raid_volume_state', { ...VOLUME, state: 'degraded' }, 1],
    'critical',
    /Volume 0 of megacli:0 is degraded/,
  ],
  [['pgfleet_raid_volume_state', { ...VOLUME, state: 'rebuilding' }, 1], 'warning', /is being rebuilt/],
  [['node_md_degraded', { device: 'md0' }, 1], 'critical', /Array md0 lacks 1/],
  [['pgfleet_raid_volume_bad_blocks', VOLUME, 1], 'critical', /lost their data/],
  [
    ['pgfleet_raid_drive_state', { ...DRIVE, state: 'failed' }, 1],
    'critical',
    /Drive 32:2 of megacli:0 has failed/,
  ],
  [['pgfleet_raid_drive_state', { ...DRIVE, state: 'missing' }, 1], 'critical', /is missing/],
  [['pgfleet_raid_drive_predictive_failure', DRIVE, 1], 'critical', /announces that it will fail/],
  [
    ['pgfleet_raid_drive_errors_total', { ...DRIVE, kind: 'media' }, 37],
    'warning',
    /could not read 37 times/,
  ],
  [['pgfleet_raid_volume_write_cache_lost', VOLUME, 1], 'warning', /without the cache/],
  [['pgfleet_raid_volume_write_cache_unprotected', VOLUME, 1], 'warning', /a power cut loses them/],
  [['pgfleet_disk_failure_sign', { device: 'sda', sign: 'health_failed' }, 1], 'critical', /Disk sda says/],
  [['pgfleet_disk_failure_sign', { device: 'sda', sign: 'media_errors' }, 1], 'warning', /has lost data/],
  [['pgfleet_disk_condition', { device: 'sda', condition: 'failed' }, 1], 'warning', /could not be read/],
  [['pgfleet_disk_annual_failure_probability', { device: 'sda' }, 0.24], 'warning', /chance of 24 %/],
  [['pgfleet_disk_annual_failure_probability', { device: 'sda' }, 0.77], 'critical', /chance of 77 %/],
  [['pgfleet_disk_design_life_used_ratio', { device: 'sda' }, 2], 'info', /1 disk is past/],
  [['node_edac_uncorrectable_errors_total', { controller: '0' }, 3], 'critical', /could not be corrected/],
  [['node_edac_correctable_errors_total', { controller: '0' }, 4912], 'warning', /corrected 4912 errors/],
  [
    ['pgfleet_bmc_redundancy_state', { subject: 'power_supplies', state: 'lost' }, 1],
    'critical',
    /no spare power supplies/,
  ],
  [['pgfleet_bmc_power_supply_state', { sensor: 'PS2', state: 'no_input' }, 1], 'warning', /PS2: no input/],
  [['pgfleet_psu_state', { psu: 'PSU 2', state: 'critical' }, 1], 'warning', /PSU 2 was critical/],
  [['pgfleet_bmc_fan_state', { sensor: 'Fan2', state: 'stopped' }, 1], 'critical', /Fan2 is standing still/],
  [['pgfleet_bmc_chassis_fault', { fault: 'main_power' }, 1], 'warning', /main power/],
  [['pgfleet_host_os_support_state', { state: 'ended' }, 1], 'warning', /no security updates/],
  [
    ['node_filesystem_readonly', { mountpoint: '/pgdata', fstype: 'xfs' }, 1],
    'warning',
    /\/pgdata is mounted read-only/,
  ],
  [['node_cpu_vulnerabilities_info', { codename: 'mds', state: 'vulnerable' }, 1], 'info', /1 known attacks/],
  [['pgfleet_host_cpu_vulnerabilities_reported', {}, 0], 'info', /older than the fixes/],
  [['pgfleet_host_microcode_revisions', {}, 2], 'warning', /2 different revisions/],
  [
    ['pgfleet_host_kernel_setting', { setting: 'vm.zone_reclaim_mode' }, 1],
    'warning',
    /zone_reclaim_mode is on/,
  ],
  [['pgfleet_host_transparent_hugepage_info', { enabled: 'always' }, 1], 'info', /huge pages are always on/],
];

describe('findings', () => {
  it.each(BAD)('%j is %s', (given, severity, message) => {
    const found = find(given);

    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity, message: expect.stringMatching(message) });
    expect(found[0]?.evidence.length).toBeGreaterThan(0);
  });

  const WELL: readonly Given[] = [
    ['pgfleet_raid_volume_state', { ...VOLUME, state: 'degraded' }, 0],
    ['pgfleet_raid_volume_state', { ...VOLUME, state: 'ok' }, 1],
    ['node_md_degraded', { device: 'md0' }, 0],
    ['pgfleet_raid_drive_state', { ...DRIVE, state: 'ok' }, 1],
    ['pgfleet_raid_drive_errors_total', { ...DRIVE, kind: 'other' }, 9],
    ['pgfleet_disk_failure_sign', { device: 'sda', sign: 'health_failed' }, 0],
    ['pgfleet_disk_annual_failure_probability', { device: 'sda' }, 0.03],
    ['pgfleet_disk_design_life_used_ratio', { device: 'sda' }, 0.9],
    ['node_edac_correctable_errors_total', { controller: '0' }, 0],
    ['pgfleet_bmc_redundancy_state', { subject: 'fans', state: 'full' }, 1],
    ['pgfleet_psu_state', { psu: 'PSU 1', state: 'absent' }, 1],
    ['pgfleet_host_os_support_state', { state: 'unknown' }, 1],
    ['node_filesystem_readonly', { mountpoint: '/media', fstype: 'iso9660' }, 1],
    ['node_cpu_vulnerabilities_info', { codename: 'mds', state: 'mitigation' }, 1],
    ['pgfleet_host_cpu_vulnerabilities_reported', {}, 1],
    ['pgfleet_host_microcode_revisions', {}, 1],
    ['pgfleet_host_kernel_setting', { setting: 'vm.swappiness' }, 60],
    ['pgfleet_host_transparent_hugepage_info', { enabled: 'madvise' }, 1],
  ];
  it.each(WELL)('finds nothing in %s %j %s', (...given) => {
    expect(find(given)).toEqual([]);
  });

  it('puts the worst first', () => {
    const severities = find(...BAD.map(([given]) => given)).map(({ severity }) => severity);

    const order = ['critical', 'warning', 'info'];
    expect(severities).toEqual([...severities].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  it('tells one dead battery once, whatever says so', () => {
    const found = find(
      ['pgfleet_raid_battery_info', BATTERY, 1],
      ['pgfleet_raid_battery_state', { ...BATTERY, state: 'replace' }, 1],
      ['pgfleet_raid_battery_state', { ...BATTERY, state: 'ok' }, 0],
      ['pgfleet_raid_battery_replacement_required', BATTERY, 1],
    );

    expect(found.map(({ message }) => message)).toEqual([
      'The battery of RAID controller ssacli:0 must be replaced',
    ]);
    expect(found[0]?.evidence).toHaveLength(2);
  });

  it('names volumes, drives and disks by what is known of them', () => {
    const [volume, disk] = find(
      ['pgfleet_raid_volume_info', { ...VOLUME, level: 'raid5', name: 'pgsql', device: '/dev/sda' }, 1],
      ['pgfleet_raid_volume_state', { ...VOLUME, state: 'degraded' }, 1],
      ['pgfleet_disk_info', { device: 'sda', model: 'X 1' }, 1],
      ['pgfleet_disk_failure_sign', { device: 'sda', sign: 'health_failed' }, 1],
    );

    expect(volume?.message).toContain('Volume 0 of megacli:0 (raid5, pgsql, /dev/sda)');
    expect(disk?.message).toContain('Disk sda (X 1)');
  });

  it.each([
    [27 * DAY + 5, 'in 27 days of power-on time'],
    [-5, 'its hours are over'],
  ])('tells how long a disk with %i seconds left has', (left, text) => {
    const [found] = find(
      ['pgfleet_disk_failure_sign', { device: 'sda', sign: 'hour_limit_near' }, 1],
      ['pgfleet_disk_hour_limit_seconds', { device: 'sda', advisory: 'a1', fixed_in: 'HPD8' }, left],
    );

    expect(found?.message).toContain(text);
    expect(found?.evidence[0]).toBe('advisory a1, fixed in firmware HPD8');
  });

  it.each([
    ['2028-06-30', 'info', 'past its regular support'],
    ['2020-06-30', 'warning', 'gets no security updates any more'],
  ])('tells an extended support until %s from none', (until, severity, text) => {
    const release = 'Debian 12';
    const [found] = find(
      ['pgfleet_host_os_support_state', { state: 'ended' }, 1],
      ['pgfleet_host_os_support_end_timestamp_seconds', { release }, MADE_AT - 400 * DAY],
      [
        'pgfleet_host_os_extended_support_end_timestamp_seconds',
        { release },
        Date.parse(`${until}T00:00:00Z`) / 1000,
      ],
    );

    expect(found).toMatchObject({ severity, message: expect.stringContaining(`, Debian 12, `) });
    expect(found?.message).toContain(text);
  });

  it('passes over events that are long past', () => {
    const event = (days: number): Given => [
      'pgfleet_bmc_event_timestamp_seconds',
      { sensor: 'Memory', event: `ECC ${days}`, severity: 'warning' },
      MADE_AT - days * DAY,
    ];

    expect(find(event(0), event(4), event(300)).map(({ message }) => message)).toEqual([
      'The management controller logged today: ECC 0',
      'The management controller logged 4 days ago: ECC 4',
    ]);
  });

  it('tells slow memory once', () => {
    const found = find(
      ...['A1', 'A2'].flatMap((slot): Given[] => [
        ['pgfleet_dimm_rated_transfers_per_second', { slot }, 1.6e9],
        ['pgfleet_dimm_configured_transfers_per_second', { slot }, 1.333e9],
      ]),
    );

    expect(found).toEqual([
      {
        severity: 'info',
        message: '2 memory modules run slower than they could',
        evidence: ['A1: 1333 of 1600 million transfers per second'],
      },
    ]);
  });
});

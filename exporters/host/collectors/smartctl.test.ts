import { describe, expect, it } from 'vitest';
import { diskSections } from '../../../test/support/disks.ts';
import { collect } from '../../../test/support/host.ts';
import { collector } from './smartctl.ts';

describe('smartctl', () => {
  it('tells of a SATA disk what smartctl_exporter tells', () => {
    expect(collect(collector, diskSections({ '/dev/sda': 'sata-hdd.json' }))).toEqual([
      'smartctl_version{json_format_version="1.0",smartctl_version="7.2",svn_revision="5155",build_info="(local build)"} 1',
      'smartctl_devices 1',
      'smartctl_device_smartctl_exit_status{device="sda"} 224',
      'smartctl_device{device="sda",interface="sat",protocol="ATA",model_family="Composed Constellation",model_name="ST4000CM0033-9ZM170",serial_number="Z1COMPOSED",ata_additional_product_id="unknown",firmware_version="SN05",ata_version="ACS-2, ACS-3 T13/2161-D revision 3b",sata_version="SATA 3.1",form_factor="3.5 inches"} 1',
      'smartctl_device_capacity_blocks{device="sda"} 7814037168',
      'smartctl_device_capacity_bytes{device="sda"} 4000787030016',
      'smartctl_device_block_size{device="sda",blocks_type="logical"} 512',
      'smartctl_device_block_size{device="sda",blocks_type="physical"} 4096',
      'smartctl_device_interface_speed{device="sda",speed_type="max"} 6000000000',
      'smartctl_device_interface_speed{device="sda",speed_type="current"} 3000000000',
      'smartctl_device_power_on_seconds{device="sda"} 275724000',
      'smartctl_device_rotation_rate{device="sda"} 7200',
      'smartctl_device_temperature{device="sda",temperature_type="current"} 41',
      'smartctl_device_temperature{device="sda",temperature_type="power_cycle_min"} 38',
      'smartctl_device_temperature{device="sda",temperature_type="power_cycle_max"} 41',
      'smartctl_device_temperature{device="sda",temperature_type="lifetime_min"} 18',
      'smartctl_device_temperature{device="sda",temperature_type="lifetime_max"} 63',
      'smartctl_device_power_cycle_count{device="sda"} 48',
      'smartctl_device_smart_status{device="sda"} 1',
      'smartctl_device_state{device="sda"} 0',
      'smartctl_device_erc_seconds{device="sda",op_type="read"} 10',
    ]);
  });

  it('tells the same from text, but for what text does not have', () => {
    const without = (lines: readonly string[]) =>
      lines
        .filter((line) => !/^smartctl_(?:version|device_smartctl_exit_status)/.test(line))
        .map((line) => line.replace('interface="sat"', 'interface="ata"'))
        .sort();

    expect(without(collect(collector, diskSections({ '/dev/sda': 'sata-hdd.txt' })))).toEqual(
      without(collect(collector, diskSections({ '/dev/sda': 'sata-hdd.json' }))),
    );
  });

  it('names members of RAID controllers after the device and the slot', () => {
    const lines = collect(collector, diskSections({ '/dev/bus/6:megaraid,8': 'sas-hdd.txt' }));

    expect(lines).toContain('smartctl_device_power_on_seconds{device="bus_6_megaraid_8"} 164432340');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^smartctl_device\{device="bus_6_megaraid_8",interface="megaraid,8",protocol="SCSI",.*scsi_vendor="COMPOSED",scsi_product="CX600MM0088",scsi_revision="N004",scsi_version="SPC-4"\} 1$/,
      ),
    );
    expect(lines).toContain('smartctl_device_bytes_read{device="bus_6_megaraid_8"} 176987332000000');
  });

  it('counts what NVMe moved in units of 512,000 bytes', () => {
    const lines = collect(collector, diskSections({ '/dev/nvme0': 'nvme.txt' }));

    expect(lines).toContain('smartctl_device_bytes_written{device="nvme0"} 31891502592000');
    expect(lines).toContain('smartctl_device_smart_status{device="nvme0"} 0');
    expect(lines).toContain('smartctl_device_nvme_capacity_bytes{device="nvme0"} 3200631791616');
  });

  it('gives no zeros for what is not known', () => {
    const standby = 'smartctl 7.4 2023-08-01 r5530 [x86_64-linux]\n\nDevice is in STANDBY mode, exit(2)\n';

    expect(
      collect(collector, {
        smartctl: 'smartctl 7.4\n',
        'smartctl:/dev/sdb': { output: standby, exitCode: 2 },
      }),
    ).toEqual([
      'smartctl_version{smartctl_version="7.4",svn_revision="5530"} 1',
      'smartctl_devices 1',
      'smartctl_device_smartctl_exit_status{device="sdb"} 2',
    ]);
  });

  it('says nothing where smartctl is not installed', () => {
    expect(collect(collector, { smartctl: { status: 'absent' } })).toEqual([]);
  });
});

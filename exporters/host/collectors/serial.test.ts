import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './serial.ts';

const dmidecode = (system: string, board: string) => `# dmidecode 3.1
Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: HP
\tSerial Number: ${system}
\tUUID: 39373638-3935-5A43-3331-DEMO00000001

Handle 0x0200, DMI type 2, 17 bytes
Base Board Information
\tSerial Number: ${board}

`;

it('exports what the firmware knows, and no placeholder', () => {
  expect(collector.enabledByDefault).toBe(false);
  expect(collect(collector, { dmidecode: dmidecode('CZDEMO1', 'To Be Filled By O.E.M.') })).toEqual([
    'pgfleet_host_serial_info{system="CZDEMO1",uuid="39373638-3935-5A43-3331-DEMO00000001"} 1',
  ]);
});

it('exports nothing of a machine that tells none', () => {
  const unknown = dmidecode('Not Specified', 'Unknown').replace(/\tUUID.*\n/, '');

  expect(collect(collector, { dmidecode: unknown })).toEqual([]);
});

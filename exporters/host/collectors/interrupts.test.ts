import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './interrupts.ts';

it('exports the interrupts of each CPU, with the devices behind them', () => {
  const interrupts = `           CPU0       CPU2       
 16:     328511     322879  IR-IO-APIC-fasteoi   ehci_hcd:usb1, mmc0
 24:          1          0  IO-APIC   5-edge      ACPI:Ged
MCE:          0          1   Machine check exceptions
ERR:          0
`;

  expect(collect(collector, { interrupts })).toEqual([
    'node_interrupts_total{cpu="0",type="16",info="IR-IO-APIC-fasteoi",devices="ehci_hcd:usb1, mmc0"} 328511',
    'node_interrupts_total{cpu="2",type="16",info="IR-IO-APIC-fasteoi",devices="ehci_hcd:usb1, mmc0"} 322879',
    'node_interrupts_total{cpu="0",type="24",info="IO-APIC",devices="5-edge ACPI:Ged"} 1',
    'node_interrupts_total{cpu="2",type="24",info="IO-APIC",devices="5-edge ACPI:Ged"} 0',
    'node_interrupts_total{cpu="0",type="MCE",info="Machine check exceptions"} 0',
    'node_interrupts_total{cpu="2",type="MCE",info="Machine check exceptions"} 1',
  ]);
});

it('refuses a table without its heading', () => {
  expect(() => collect(collector, { interrupts: '16: 1 2\n' })).toThrow('heading');
});

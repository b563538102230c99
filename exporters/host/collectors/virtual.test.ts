import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './virtual.ts';

const dmi = (vendor: string, product: string) =>
  `/sys/class/dmi/id/sys_vendor\t${vendor}\n/sys/class/dmi/id/product_name\t${product}\n`;
const kernel = (release: string) => `/proc/sys/kernel/osrelease\t${release}\n`;
const HARDWARE = 'processor : 0\nflags\t\t: fpu vme de\n';
const GUEST = 'processor : 0\nflags\t\t: fpu vme hypervisor lahf_lm\n';

describe('virtual', () => {
  it.each([
    ['VMware', dmi('VMware, Inc.', 'VMware Virtual Platform'), GUEST, 'vmware'],
    ['KVM', dmi('QEMU', 'Standard PC (i440FX + PIIX, 1996)'), GUEST, 'kvm'],
    ['RHEV', dmi('Red Hat', 'RHEV Hypervisor'), GUEST, 'kvm'],
    ['Hyper-V', dmi('Microsoft Corporation', 'Virtual Machine'), GUEST, 'hyperv'],
    ['a Surface', dmi('Microsoft Corporation', 'Surface Laptop'), HARDWARE, 'none'],
    ['VirtualBox', dmi('innotek GmbH', 'VirtualBox'), GUEST, 'virtualbox'],
    ['Xen HVM', dmi('Xen', 'HVM domU'), GUEST, 'xen'],
    ['Xen PV', '/sys/hypervisor/type\txen\n', HARDWARE, 'xen'],
    ['Xen dom0', '/proc/xen/capabilities\tcontrol_d\n/sys/hypervisor/type\txen\n', HARDWARE, 'none'],
    ['EC2', dmi('Amazon EC2', 'm5.large'), GUEST, 'amazon'],
    ['EC2 metal', dmi('Amazon EC2', 'm5.metal'), HARDWARE, 'none'],
    ['a Dell', dmi('Dell Inc.', 'PowerEdge 2950'), HARDWARE, 'none'],
    ['an unnamed guest', '', GUEST, 'other'],
    ['an ARM server', dmi('Huawei', 'TaiShan 200 (Model 2280)'), 'processor : 0\nFeatures : fp\n', 'none'],
    ['an ARM guest', '/proc/device-tree/hypervisor/compatible\tlinux,kvm\n', 'processor : 0\n', 'kvm'],
    ['nothing known', '', 'processor : 0\n', 'unknown'],
  ])('recognises %s', (_what, virtual, cpu0, kind) => {
    expect(collect(collector, { virtual, cpu0, kernel: kernel('4.18.0-553.el8') })).toEqual([
      `pgfleet_host_virtual_info{kind="${kind}"} 1`,
    ]);
  });

  it('does not take a missing flag for hardware where the kernel does not know the flag', () => {
    expect(collect(collector, { virtual: '', cpu0: HARDWARE, kernel: kernel('2.6.18-398.el5') })).toEqual([
      'pgfleet_host_virtual_info{kind="unknown"} 1',
    ]);
  });
});

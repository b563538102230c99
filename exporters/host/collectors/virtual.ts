/**
 * Source: /sys/class/dmi/id/{sys_vendor,product_name,bios_vendor}, /sys/hypervisor/type, /proc/xen/capabilities,
 *         /proc/device-tree/hypervisor/compatible, the flags of the first CPU in /proc/cpuinfo
 * Shape:  "VMware, Inc.", "xen", "control_d", "linux,kvm", "flags : fpu ... hypervisor"
 * Units:  a label of a series that is always 1
 * Needs:  nothing   Cost: up to six small files
 * Absent when: the signs do not suffice (kind is then "unknown"); "none" is claimed only with the maker's
 *         name or a CPU that could show the hypervisor flag
 */
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, type HostInput, type Tree, treeOf } from '../host-collector.ts';

const info = gauge('pgfleet_host_virtual_info', 'Kind of virtual machine, "none" for hardware, always 1.', [
  'kind',
]);

export const collector = {
  name: 'virtual',
  help: 'Whether the host is a virtual machine, and of which kind.',
  metrics: [info],
  sections: ['virtual', 'cpu0', 'kernel'],
  tier: 'fast',
  *samples(input) {
    yield info({ kind: virtualKindOf(input) }, 1);
  },
} satisfies HostCollector;

/** Whether the host is known to be a virtual machine: what its firmware says of hardware is then invented. */
export function isVirtual(input: Pick<HostInput, 'section'>): boolean {
  const kind = virtualKindOf(input);
  return kind !== 'none' && kind !== 'unknown';
}

function virtualKindOf({ section }: Pick<HostInput, 'section'>): string {
  const tree = treeOf(contentOf(section('virtual')) ?? '');
  // The fast tier has the first CPU, the slow one all.
  const cpu = contentOf(section('cpu0')) ?? contentOf(section('cpuinfo')) ?? '';
  const [release = ''] = treeOf(contentOf(section('kernel')) ?? '').get('/proc/sys/kernel/osrelease') ?? [];
  return virtualKind(tree, cpu, knowsHypervisorFlag(release));
}

/** Product before vendor: Microsoft, Google and Oracle also make hardware. */
const BY_PRODUCT: readonly (readonly [RegExp, string])[] = [
  [/^vmware/i, 'vmware'],
  [/^virtualbox/i, 'virtualbox'],
  [/^hvm domu/i, 'xen'],
  [/^kvm|^rhev|^ovirt|^openstack|^standard pc/i, 'kvm'],
  [/^google compute engine/i, 'google'],
  [/^alibaba cloud ecs/i, 'alibaba'],
  [/^parallels/i, 'parallels'],
  [/^bhyve/i, 'bhyve'],
  [/^acropolis/i, 'nutanix'],
];
const BY_VENDOR: readonly (readonly [RegExp, string])[] = [
  [/^vmware/i, 'vmware'],
  [/^innotek/i, 'virtualbox'],
  [/^xen$/i, 'xen'],
  [/^qemu|^red hat|^ovirt|^nutanix|^bochs/i, 'kvm'],
  [/^amazon ec2/i, 'amazon'],
  [/^tencent cloud/i, 'tencent'],
  [/^huawei cloud/i, 'huawei'],
  [/^parallels/i, 'parallels'],
];

function virtualKind(files: Tree, cpu: string, knowsFlag: boolean): string {
  const of = (path: string) => files.get(path)?.[0]?.trim() ?? '';
  const vendor = of('/sys/class/dmi/id/sys_vendor');
  const product = of('/sys/class/dmi/id/product_name');
  const bios = of('/sys/class/dmi/id/bios_vendor');
  // Dom0 of Xen sees the hypervisor and is still the hardware.
  if (of('/proc/xen/capabilities').includes('control_d')) return 'none';
  const named = find(BY_PRODUCT, product) ?? find(BY_VENDOR, vendor) ?? find(BY_VENDOR, bios);
  if (named !== undefined) return isBareMetalCloud(product) ? 'none' : named;
  if (/^microsoft/i.test(vendor) && /^virtual machine/i.test(product)) return 'hyperv';
  if (of('/sys/hypervisor/type') === 'xen' || files.has('/proc/xen/capabilities')) return 'xen';
  const compatible = of('/proc/device-tree/hypervisor/compatible');
  if (compatible !== '') return compatible.includes('xen') ? 'xen' : 'kvm';
  if (/^(?:vendor_id|Manufacturer)[ \t]*:[ \t]*IBM\/S390/m.test(cpu)) return 'unknown';
  const flags = /^flags[ \t]*:(?<flags>.*)$/m.exec(cpu)?.groups?.['flags'];
  if (/ hypervisor(?: |$)/.test(flags ?? '')) return 'other';
  if (flags !== undefined && knowsFlag) return 'none';
  if (/^(?:platform|machine)[ \t]*:[ \t]*pSeries \(emulated by qemu\)/im.test(cpu)) return 'kvm';
  return vendor === '' ? 'unknown' : 'none';
}

/** /proc/cpuinfo names the flag from Linux 2.6.27 on: before, its absence says nothing. */
function knowsHypervisorFlag(release: string): boolean {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release) ?? [];
  return Number(major) > 2 || (major === '2' && minor === '6' && Number(patch) >= 27);
}

/** EC2 sells whole machines under its own name: "m5.metal". */
function isBareMetalCloud(product: string): boolean {
  return /\.metal(?:-\w+)?$/.test(product);
}

function find(table: readonly (readonly [RegExp, string])[], text: string): string | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}

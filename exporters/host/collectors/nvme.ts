/**
 * Source: /sys/class/nvme/<device>/{model,firmware_rev,cntlid,state}
 * Shape:  "Samsung SSD 970 PRO 512GB               ", "1B2QEXP7", "1997", "live"
 * Units:  labels of a series that is always 1
 * Needs:  nothing   Cost: four small files for each device
 * Absent when: there is no NVMe device; the serial number, which the inventory gives where that is wanted
 */
import { gauge } from '../../../lib/metric.ts';
import { filesOf, type HostCollector } from '../host-collector.ts';

const info = gauge('node_nvme_info', 'What the NVMe device says of itself, always 1.', [
  'device',
  'model',
  'firmware_revision',
  'cntlid',
  'state',
]);

const FILE = /^\/sys\/class\/nvme\/(?<device>nvme\d+)\/(?<file>model|firmware_rev|cntlid|state)$/;

export const collector = {
  name: 'nvme',
  help: 'Models and firmware of NVMe devices, and whether they are alive.',
  metrics: [info],
  sections: ['nvme'],
  tier: 'fast',
  *samples({ section }) {
    const devices = new Map<string, Map<string, string>>();
    for (const { groups, line } of filesOf(section('nvme'), FILE)) {
      const { device = '', file = '' } = groups;
      const files = devices.get(device) ?? new Map<string, string>();
      devices.set(device, files);
      files.set(file, line?.trim() ?? '');
    }
    for (const [device, files] of devices) {
      const of = (file: string) => files.get(file) ?? '';
      const labels = { device, model: of('model'), firmware_revision: of('firmware_rev') };
      yield info({ ...labels, cntlid: of('cntlid'), state: of('state') }, 1);
    }
  },
} satisfies HostCollector;

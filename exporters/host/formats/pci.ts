import type { Tree } from '../host-collector.ts';

/** A PCI Express link of a device; undefined is what was not told, or told as unknown. */
export interface PciLink {
  /** "0000:03:00.0". */
  readonly address: string;
  readonly kind: 'storage' | 'network' | 'bridge' | 'other';
  /** Interfaces and controllers as the kernel names them: "eth0", "nvme0", "host2"; else the driver. */
  readonly name: string | undefined;
  readonly current: LinkState;
  readonly maximum: LinkState;
  /** What the port above it can do. */
  readonly port: LinkState | undefined;
}

export interface LinkState {
  readonly transfersPerSecond: number | undefined;
  readonly width: number | undefined;
}

interface Found extends Omit<PciLink, 'port'> {
  readonly above: string | undefined;
}

const ADDRESS = '[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]';

/** From /sys/devices/pci*, whose folders lie in each other as devices do behind their ports. */
export function sysfsLinks(tree: Tree): PciLink[] {
  const folders = new Map<string, Map<string, string>>();
  const names = new Map<string, string>();
  const file = new RegExp(`^(?<folder>/sys/devices/pci[^/]*(?:/${ADDRESS})+)/(?<rest>[^\\n]+)$`);
  for (const [path, [line = '']] of tree) {
    const { folder, rest } = file.exec(path)?.groups ?? {};
    if (folder === undefined || rest === undefined) continue;
    const name = /^(?:net|nvme|scsi_host)\/(?<name>[^/]+)\/|^(?<host>host\d+)\//.exec(rest)?.groups;
    const given = name?.['name'] ?? name?.['host'];
    if (given !== undefined && !names.has(folder)) names.set(folder, given);
    const files = folders.get(folder) ?? new Map<string, string>();
    folders.set(folder, files.set(rest, line));
  }
  const found = [...folders].map(([folder, files]): Found => {
    const [address = '', above] = folder.split('/').reverse();
    const state = (which: string) =>
      linkState(files.get(`${which}_link_speed`), files.get(`${which}_link_width`));
    return {
      address,
      kind: kindOf(files.get('class')?.replace(/^0x/, '') ?? ''),
      name: names.get(folder),
      current: state('current'),
      maximum: state('max'),
      above,
    };
  });
  return withPorts(found);
}

/** From `lspci -D -n -vv`, where the kernel is older than its files. */
export function lspciLinks(text: string): PciLink[] {
  const head = new RegExp(`^(?<address>${ADDRESS}) (?:Class )?(?<class>[0-9a-f]{4}): `, 'i');
  const devices = text
    .split(/\r?\n/)
    .reduce<{ address: string; kind: string; lines: string[] }[]>((all, line) => {
      const { address, class: kind } = head.exec(line)?.groups ?? {};
      if (address !== undefined && kind !== undefined) all.push({ address, kind, lines: [] });
      else all.at(-1)?.lines.push(line.trim());
      return all;
    }, []);
  const portOfBus = new Map<string, string>();
  const found = devices.map(({ address, kind, lines }): Found => {
    const value = (key: string) => lines.find((line) => line.startsWith(key))?.slice(key.length);
    const bus = /secondary=(?<bus>[0-9a-f]{2})/.exec(value('Bus:') ?? '')?.groups?.['bus'];
    if (bus !== undefined) portOfBus.set(`${address.split(':')[0]}:${bus}`, address);
    const state = (given: string | undefined) =>
      linkState(
        /Speed (?<speed>[\d.]+) ?GT\/s/.exec(given ?? '')?.groups?.['speed'],
        /Width x(?<width>\d+)/.exec(given ?? '')?.groups?.['width'],
      );
    return {
      address,
      kind: kindOf(kind),
      name: value('Kernel driver in use:')?.trim(),
      current: state(value('LnkSta:')),
      maximum: state(value('LnkCap:')),
      above: undefined,
    };
  });
  const above = ({ address }: Found) => portOfBus.get(address.split(':').slice(0, 2).join(':'));
  return withPorts(found.map((one) => ({ ...one, above: above(one) })));
}

function withPorts(found: readonly Found[]): PciLink[] {
  const maxima = new Map(found.map(({ address, maximum }) => [address, maximum]));
  return found.map(({ above, ...link }) => ({
    ...link,
    port: above === undefined ? undefined : maxima.get(above),
  }));
}

/** By class code. */
function kindOf(code: string): PciLink['kind'] {
  if (/^01|^0c04|^0c06/i.test(code)) return 'storage';
  if (/^02/.test(code)) return 'network';
  return /^0604/.test(code) ? 'bridge' : 'other';
}

/** "8.0 GT/s PCIe", "5 GT/s", "Unknown"; a width of 0 or 255 means that there is no link. */
function linkState(speed: string | undefined, width: string | undefined): LinkState {
  const giga = Number(/^\d{1,3}(?:\.\d)?(?=$| ?GT\/s)/.exec(speed?.trim() ?? '')?.[0] ?? 0);
  const lanes = /^\d{1,2}$/.test(width?.trim() ?? '') ? Number(width) : 0;
  return {
    transfersPerSecond: giga > 0 ? giga * 1e9 : undefined,
    width: lanes > 0 && lanes <= 32 ? lanes : undefined,
  };
}

/** Whether a link is narrower or slower than both its ends allow; undefined where that cannot be told. */
export function isDowngraded(
  { current, maximum, port }: PciLink,
  what: keyof LinkState,
): boolean | undefined {
  const [now, own, other] = [current[what], maximum[what], port?.[what]];
  if (now === undefined || own === undefined || other === undefined) return undefined;
  return now < Math.min(own, other);
}

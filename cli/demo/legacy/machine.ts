import { absent, type ComposedSection, captureText, command, tree, userCommand } from './capture-text.ts';
import { dmidecode, type Firmware } from './dmidecode.ts';
import { cpuinfo, fastSections, type MachineState } from './proc.ts';

/** A machine of the demo that does not exist, described by what capture.sh would print on it. */
export interface ComposedMachine {
  readonly zone: string;
  readonly state: MachineState;
  readonly firmware: Firmware;
  /** When its system was installed: day in UTC. */
  readonly installed: string;
  readonly smartctl: {
    /** First line of `smartctl -V`. */
    readonly version: string;
    /** Lines of `smartctl --scan-open`; versions before 5.41 have no such option. */
    readonly scan: string;
    readonly disks: readonly ComposedSection[];
  };
  /** Driver of each host adapter, by its number. */
  readonly drivers: readonly string[];
  /** What the tools of its controllers say. */
  readonly raid: readonly ComposedSection[];
  ipmi(time: number): readonly ComposedSection[];
  /** PostgreSQL on it: servers that run, and data without one. */
  readonly postgres: readonly ComposedServer[];
}

interface ComposedServer {
  readonly version: string;
  readonly directory: string;
  /** Undefined for data that no server runs on. */
  readonly port?: number;
}

/** The capture of a machine as if it were made at `time`, in seconds since the epoch. */
export function composeCapture(machine: ComposedMachine, time: number): string {
  return captureText({
    time,
    uptimeSeconds: machine.state.uptimeSeconds,
    zone: machine.zone,
    tiers: ['fast', 'inventory', 'disks', 'raid', 'ipmi', 'postgres'],
    sections: [
      ...fastSections(machine.state, time),
      ...inventory(machine),
      ...disks(machine),
      ...raid(machine),
      ...machine.ipmi(time),
      ...postgres(machine.postgres),
    ],
  });
}

function inventory({ state, firmware, installed }: ComposedMachine): ComposedSection[] {
  const at = Date.parse(`${installed}T09:00:00Z`) / 1000;
  const packages = ['basesystem', 'setup', 'filesystem'];
  const format = "rpm -q --qf '%{NAME} %{INSTALLTIME}\\n'";
  return [
    state.dmiId === undefined ? absent('dmi-id') : dmiFiles(firmware),
    cpuinfo(state.cpu),
    dmidecode(firmware),
    userCommand(
      'install-dates',
      "/usr/bin/stat -c '%Y %n' /lost+found /etc/ssh/ssh_host_rsa_key.pub /root/anaconda-ks.cfg",
      `${at} /lost+found\n${at + 1560} /etc/ssh/ssh_host_rsa_key.pub\n${at + 1320} /root/anaconda-ks.cfg`,
    ),
    userCommand(
      'rpm-dates',
      `/usr/bin/${format} ${packages.join(' ')}`,
      packages.map((name, index) => `${name} ${at + 240 + index}`).join('\n'),
    ),
  ];
}

function dmiFiles({ vendor, product, bios, board }: Firmware): ComposedSection {
  const folder = '/sys/class/dmi/id';
  return tree('dmi-id', {
    [`${folder}/bios_date`]: bios.date,
    [`${folder}/bios_vendor`]: bios.vendor,
    [`${folder}/bios_version`]: bios.version,
    [`${folder}/board_name`]: board.product,
    [`${folder}/board_vendor`]: vendor,
    [`${folder}/board_version`]: board.version,
    [`${folder}/chassis_type`]: '23',
    [`${folder}/chassis_vendor`]: vendor,
    [`${folder}/product_name`]: product,
    [`${folder}/sys_vendor`]: vendor,
  });
}

function disks({ smartctl: { version, scan, disks: all } }: ComposedMachine): ComposedSection[] {
  return [
    command('smartctl', '/usr/sbin/smartctl -V', `${version}\n`),
    userCommand('smartctl-scan', 'smartctl --scan-open', scan),
    ...all,
  ];
}

/** Tools that capture.sh looks for on every machine, by the section it names when one is not there. */
const TOOLS = [
  'storcli',
  'storcli2',
  'megacli',
  'ssacli',
  'arcconf',
  'sas2ircu',
  'sas3ircu',
  'tw_cli',
  'areca',
  'mvcli',
];

function raid({ drivers, raid: asked }: ComposedMachine): ComposedSection[] {
  const there = new Set(asked.map(({ name }) => name.split(':')[0]));
  const adapters = drivers.map((driver, index) => [`/sys/class/scsi_host/host${index}/proc_name`, driver]);
  return [
    tree('raid-drivers', Object.fromEntries(adapters)),
    absent('cciss'),
    ...asked,
    ...TOOLS.filter((tool) => !there.has(tool)).map(absent),
  ];
}

/** As capture.sh sees them without root: command lines, and the two small files of data directories. */
function postgres(servers: readonly ComposedServer[]): ComposedSection[] {
  const running = servers.filter(({ port }) => port !== undefined);
  const processes = running.map(({ version, directory, port }, index) =>
    [1840 + index, 26, directory, `/usr/pgsql-${version}/bin/postgres`, '-D', directory, '-p', port, ''].join(
      '\t',
    ),
  );
  const files = servers.map(({ version, directory }) => [`${directory}/PG_VERSION`, version]);
  return [
    userCommand('postgres-processes', '/proc', processes.join('\n')),
    files.length === 0
      ? absent('postgres-directories')
      : tree('postgres-directories', Object.fromEntries(files)),
  ];
}

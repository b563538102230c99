/**
 * Source: /etc/os-release, https://man7.org/linux/man-pages/man5/os-release.5.html; before it existed
 *         /etc/redhat-release, /etc/SuSE-release and /etc/debian_version
 * Shape:  'ID="centos"'; "CentOS release 5.11 (Final)"; "SUSE Linux Enterprise Server 11 (x86_64)"; "6.0.10"
 * Units:  labels of a series that is always 1; the end of support as seconds since the epoch
 * Needs:  nothing   Cost: up to five small files
 * Absent when: none of these files is there
 */
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, type Tree, treeOf } from '../host-collector.ts';

const KEYS = [
  'build_id',
  'id',
  'id_like',
  'image_id',
  'image_version',
  'name',
  'pretty_name',
  'variant',
  'variant_id',
  'version',
  'version_codename',
  'version_id',
] as const;
type Key = (typeof KEYS)[number];

const info = gauge('node_os_info', 'Which operating system runs, always 1.', KEYS);
const version = gauge('node_os_version', 'Major and minor version of the operating system as a number.', [
  'id',
  'id_like',
  'name',
]);
const supportEnd = gauge(
  'node_os_support_end_timestamp_seconds',
  'End of support as the operating system itself states it.',
);

export const collector = {
  name: 'os',
  help: 'Which operating system runs, in which version.',
  metrics: [info, version, supportEnd],
  sections: ['os'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('os'));
    if (text === undefined) return;
    const os = readOs(treeOf(text));
    if (os === undefined) return;
    const of = (key: Key) => os.get(key) ?? '';
    yield info(Object.fromEntries(KEYS.map((key) => [key, of(key)])) as Record<Key, string>, 1);
    const number = /^\d+(?:\.\d+)?/.exec(of('version_id'))?.[0];
    const labels = { id: of('id'), id_like: of('id_like'), name: of('name') };
    yield version(labels, number === undefined ? undefined : Number(number));
    yield supportEnd(dayOf(os.get('support_end')));
  },
} satisfies HostCollector;

/** Fields by lower-case name, from the best file there is; undefined without any. */
export function readOs(files: Tree): ReadonlyMap<string, string> | undefined {
  const modern = files.get('/etc/os-release') ?? [];
  const lines = modern.length > 0 ? modern : (files.get('/usr/lib/os-release') ?? []);
  if (lines.length > 0) return parseOsRelease(lines);
  const redhat = files.get('/etc/redhat-release')?.[0];
  if (redhat !== undefined) return fromReleaseLine(redhat);
  const suse = files.get('/etc/SuSE-release');
  if (suse?.[0] !== undefined) return fromSuse(suse);
  const debian = files.get('/etc/debian_version')?.[0];
  return debian === undefined || !/^[\w./-]+$/.test(debian)
    ? undefined
    : fields('debian', 'Debian GNU/Linux', debian, `Debian GNU/Linux ${debian}`);
}

function parseOsRelease(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) found.set(key.toLowerCase(), unquote(value.trim()));
  }
  return found;
}

/** Shell quoting as os-release allows it. */
function unquote(value: string): string {
  const [, single] = /^'(.*)'$/.exec(value) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"(.*)"$/.exec(value) ?? [];
  return (double ?? value).replace(/\\(["\\$`])/g, '$1');
}

const RED_HAT_IDS: readonly (readonly [RegExp, string])[] = [
  [/^red hat enterprise linux/i, 'rhel'],
  [/^centos/i, 'centos'],
  [/^scientific linux/i, 'scientific'],
  [/^oracle linux|^enterprise linux enterprise linux/i, 'ol'],
  [/^fedora/i, 'fedora'],
  [/^amazon linux/i, 'amzn'],
];

/** "CentOS release 5.11 (Final)", "Red Hat Enterprise Linux Server release 6.10 (Santiago)". */
function fromReleaseLine(line: string): ReadonlyMap<string, string> | undefined {
  const match = /^(?<name>.+?)(?: Linux)? release (?<version>\d[\w.]*)(?: *\((?<code>[^)]*)\))?/.exec(
    line.trim(),
  )?.groups;
  if (match === undefined) return undefined;
  const { name = '', version: number = '', code } = match;
  const id = RED_HAT_IDS.find(([pattern]) => pattern.test(line))?.[1] ?? '';
  const full = code === undefined ? number : `${number} (${code})`;
  return fields(id, name, number, line.trim(), full);
}

/** "SUSE Linux Enterprise Server 11 (x86_64)", "VERSION = 11", "PATCHLEVEL = 4". */
function fromSuse(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const setting = (key: string) =>
    lines
      .map((line) => new RegExp(`^${key} *= *(\\d+)`).exec(line)?.[1])
      .find((value) => value !== undefined);
  const major = setting('VERSION');
  const name = lines[0]?.replace(/ \d.*$/, '').trim() ?? '';
  if (major === undefined || name === '') return undefined;
  const patch = setting('PATCHLEVEL');
  const number = patch === undefined || patch === '0' ? major : `${major}.${patch}`;
  const id = /enterprise server/i.test(name) ? 'sles' : /opensuse/i.test(name) ? 'opensuse' : 'suse';
  return fields(id, name, number, lines[0]?.trim() ?? '');
}

function fields(
  id: string,
  name: string,
  number: string,
  pretty: string,
  full = number,
): ReadonlyMap<string, string> {
  return new Map(Object.entries({ id, name, version_id: number, version: full, pretty_name: pretty }));
}

/** "2029-05-31" at midnight UTC; undefined for anything else. */
function dayOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/**
 * Reads what capture.sh prints (its head describes the format). Pure and total: any text gives a
 * Capture, and damage stays inside the section it hit.
 */

/** Version of the format this parser reads, the number in the first line of a capture. */
export const CAPTURE_FORMAT = 1;

/**
 * - ok: read completely; empty: read completely, nothing in it
 * - absent: the file or tool does not exist there; missing: the capture has no such section
 * - denied: it exists, reading it needs more privileges
 * - failed: exit code other than 0 (some tools use it for findings: the output is there)
 * - timeout: killed by its watchdog; skipped: the budget was spent before its turn
 * - truncated: cut by the size cap or by the end of the capture; corrupt: lines lost or added on the way
 */
export type SectionStatus =
  | 'ok'
  | 'empty'
  | 'absent'
  | 'missing'
  | 'denied'
  | 'failed'
  | 'timeout'
  | 'skipped'
  | 'truncated'
  | 'corrupt';

/** One file, tree of files or command of a capture. */
export interface Section {
  readonly name: string;
  readonly status: SectionStatus;
  readonly exitCode: number | undefined;
  readonly durationSeconds: number | undefined;
  /** The command that ran and as whom; undefined for files. */
  readonly tool: Tool | undefined;
  /** Complete lines only: a line cut in the middle could be read as another value. */
  readonly output: string;
}

export interface Tool {
  readonly command: string;
  readonly privilege: 'root' | 'sudo' | 'user';
  readonly version: string | undefined;
  /** Who may read it; undefined for what is root's or anybody's. */
  readonly owner: string | undefined;
}

export interface CaptureHeader {
  readonly version: number;
  /** Unix time on the target when the capture began, in seconds; undefined where `date` gave none. */
  readonly time: number | undefined;
  /** Seconds east of UTC and the name of the zone, as `date` prints them. */
  readonly zoneOffsetSeconds: number | undefined;
  readonly zone: string | undefined;
  /** Seconds since boot when the capture began. */
  readonly uptime: number | undefined;
  /** "x86_64", "aarch64"; undefined in captures of a replaced root. */
  readonly machine: string | undefined;
  readonly tiers: readonly string[];
}

export interface Capture {
  /** Undefined when the text holds no capture of a known version. */
  readonly header: CaptureHeader | undefined;
  readonly sections: ReadonlyMap<string, Section>;
  /** Whether the end mark was seen; without it the rest was lost on the way. */
  readonly complete: boolean;
  /** Seconds from the first to the last line on the target; undefined when incomplete. */
  readonly durationSeconds: number | undefined;
}

// Text before it is tolerated: banners and errors of shell start-up files come first on many hosts.
const HEADER = /^pgfleet-capture (?<version>\d{1,4}) (?<token>[0-9a-f-]{32,64}) (?<fields>.*)$/m;

const NOTHING: Capture = {
  header: undefined,
  sections: new Map(),
  complete: false,
  durationSeconds: undefined,
};

/** Never throws; a text without a capture gives one without header and sections. */
export function parseCapture(text: string): Capture {
  const found = HEADER.exec(text);
  if (found?.groups === undefined) return NOTHING;
  // A terminal on the way turns line ends into CR LF.
  if (text[found.index + found[0].length] === '\r') return parseCapture(text.replaceAll('\r\n', '\n'));
  const header = readHeader(Number(found.groups['version']), fields(found.groups['fields'] ?? ''));
  if (header.version !== CAPTURE_FORMAT) return { ...NOTHING, header };
  const reader = new Reader();
  const mark = `\n${found.groups['token']} `;
  let lineEnd = found.index + found[0].length;
  for (;;) {
    const start = text.indexOf(mark, lineEnd);
    reader.content(text, lineEnd + 1, start === -1 ? text.length : start);
    if (start === -1) break;
    lineEnd = text.indexOf('\n', start + mark.length);
    if (lineEnd === -1) break; // a frame line cut in the middle says nothing
    reader.frame(text.slice(start + mark.length, lineEnd));
  }
  return reader.finish(header);
}

interface OpenSection {
  readonly name: string;
  readonly fields: ReadonlyMap<string, string>;
  content: string;
}

class Reader {
  readonly #sections = new Map<string, Section>();
  #open: OpenSection | undefined;
  #complete = false;
  #endUptime: number | undefined;

  content(text: string, from: number, to: number): void {
    if (this.#open !== undefined && from < to) this.#open.content += text.slice(from, to);
  }

  frame(line: string): void {
    const [kind = '', name = ''] = line.split(' ', 2);
    const given = fields(line);
    switch (kind) {
      case 'begin':
        this.#abandon('truncated', undefined);
        this.#open = { name, fields: given, content: '' };
        break;
      case 'end':
        this.#end(name, given);
        break;
      case 'none':
        this.#abandon('truncated', undefined);
        this.#keep(noSection(name, oneOf(given.get('status'), NONE_STATUSES) ?? 'absent'));
        break;
      case 'lost':
        this.#abandon(given.get('status') === 'timeout' ? 'timeout' : 'failed', number(given.get('code')));
        break;
      case 'complete':
        this.#abandon('truncated', undefined);
        this.#complete = true;
        this.#endUptime = number(given.get('uptime'));
        break;
      default:
        // A later script of the same format may say more; what is unknown is passed over.
        break;
    }
  }

  finish(header: CaptureHeader): Capture {
    this.#abandon('truncated', undefined);
    return {
      header,
      sections: this.#sections,
      complete: this.#complete,
      durationSeconds: this.#complete ? difference(header.uptime, this.#endUptime) : undefined,
    };
  }

  #end(name: string, given: ReadonlyMap<string, string>): void {
    const open = this.#open;
    if (open === undefined || open.name !== name) {
      this.#abandon('corrupt', undefined);
      return;
    }
    this.#open = undefined;
    const lines = number(given.get('lines'));
    const exitCode = number(given.get('code'));
    const tool = toolOf(open.fields);
    let status: SectionStatus = oneOf(given.get('status'), END_STATUSES) ?? 'corrupt';
    if (lines !== undefined && lines !== countLines(open.content)) status = 'corrupt';
    else if (status === 'ok' && open.content === '') status = 'empty';
    else if (status === 'failed' && isDenial(open.content)) status = 'denied';
    const durationSeconds = difference(number(given.get('from')), number(given.get('to')));
    this.#keep({ name, status, exitCode, durationSeconds, tool, output: completeLines(open.content) });
  }

  /** Closes a section whose end was not seen. */
  #abandon(status: SectionStatus, exitCode: number | undefined): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { name, content } = open;
    const tool = toolOf(open.fields);
    this.#keep({ name, status, exitCode, durationSeconds: undefined, tool, output: completeLines(content) });
  }

  /** The first section of a name counts, unless it was cut and a later one replaces it. */
  #keep(section: Section): void {
    const before = this.#sections.get(section.name);
    if (before === undefined || isBroken(before.status)) this.#sections.set(section.name, section);
  }
}

const NONE_STATUSES = ['absent', 'denied', 'skipped'] as const;
const END_STATUSES = ['ok', 'failed', 'truncated', 'timeout'] as const;

function isBroken(status: SectionStatus): boolean {
  return status === 'truncated' || status === 'corrupt' || status === 'failed' || status === 'timeout';
}

/** A section without content. */
export function noSection(name: string, status: SectionStatus): Section {
  return { name, status, exitCode: undefined, durationSeconds: undefined, tool: undefined, output: '' };
}

/** What tools say when they lack privileges; they agree on no exit code. */
const DENIAL =
  /^(?:sudo: |Sorry, user |.*\b(?:permission denied|operation not permitted|access denied|please run barman as|(?:must be|are you|requires?|need(?:s|ed)?) (?:to be )?(?:run as )?root|root privileges?|insufficient privileges?|not in the sudoers)\b)/im;

function isDenial(content: string): boolean {
  return DENIAL.test(content.slice(0, 4096));
}

function toolOf(given: ReadonlyMap<string, string>): Tool | undefined {
  const command = given.get('cmd');
  if (command === undefined) return undefined;
  const privilege = oneOf(given.get('priv'), ['root', 'sudo', 'user'] as const) ?? 'user';
  return { command, privilege, version: given.get('version'), owner: given.get('owner') };
}

function readHeader(version: number, given: ReadonlyMap<string, string>): CaptureHeader {
  const zone = /^(?<sign>[+-])(?<hours>\d\d)(?<minutes>\d\d)\/(?<name>.*)$/.exec(
    given.get('zone') ?? '',
  )?.groups;
  const offset = zone && (Number(zone['hours']) * 60 + Number(zone['minutes'])) * 60;
  return {
    version,
    // Without nanoseconds in `date`, the fraction is the letter of the format.
    time: number(given.get('time')?.replace(/\.\D*$/, '')),
    zoneOffsetSeconds: offset && zone['sign'] === '-' ? -offset : offset,
    zone: zone?.['name'] || undefined,
    uptime: number(given.get('uptime')),
    machine: given.get('machine') || undefined,
    tiers: (given.get('tiers') ?? '').split(',').filter((tier) => tier !== ''),
  };
}

/** `key=value` pairs of a frame line; `cmd` takes the rest of the line. */
function fields(line: string): Map<string, string> {
  const found = new Map<string, string>();
  for (let from = 0; from < line.length; ) {
    const space = line.indexOf(' ', from);
    const to = space === -1 ? line.length : space;
    const equals = line.indexOf('=', from);
    if (equals !== -1 && equals < to) {
      const key = line.slice(from, equals);
      if (key === 'cmd') return found.set(key, line.slice(equals + 1));
      if (KEY.test(key)) found.set(key, line.slice(equals + 1, to));
    }
    from = to + 1;
  }
  return found;
}

const KEY = /^[a-z]+$/;

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,15}(?:\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}

function oneOf<const T extends string>(text: string | undefined, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === text);
}

function difference(from: number | undefined, to: number | undefined): number | undefined {
  if (from === undefined || to === undefined || to < from) return undefined;
  // Both are given to the hundredth; the subtraction must not add digits.
  return Math.round((to - from) * 100) / 100;
}

function countLines(content: string): number {
  let lines = 0;
  for (let at = content.indexOf('\n'); at !== -1; at = content.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function completeLines(content: string): string {
  return content.endsWith('\n') ? content : content.slice(0, content.lastIndexOf('\n') + 1);
}

/**
 * Captures of machines that do not exist, in the format of capture.sh (its head describes it): the demo
 * shows with them what pgfleet says of hardware that nobody has at hand.
 */

/** One section: what a file, a tree of files or a command printed, or why there is nothing. */
export type ComposedSection = Printed | Missing;

interface Printed {
  readonly name: string;
  readonly kind: 'file' | 'tree' | 'command';
  readonly content: string;
  /** Of a command: what ran and as whom. */
  readonly command?: { readonly line: string; readonly privilege: 'root' | 'sudo' | 'user' };
  readonly code: number;
  /** How long it took there. */
  readonly seconds: number;
}

interface Missing {
  readonly name: string;
  readonly status: 'absent';
}

/** A file of /proc. */
export function file(name: string, content: string): ComposedSection {
  return { name, kind: 'file', content: lines(content), code: 0, seconds: 0 };
}

/** Files of one line or several, by path; an empty text is a file that could not be read. */
export function tree(name: string, files: Readonly<Record<string, string>>): ComposedSection {
  const content = Object.entries(files).flatMap(([path, text]) =>
    text === '' ? [path] : text.split('\n').map((line) => `${path}\t${line}`),
  );
  return { name, kind: 'tree', content: `${content.join('\n')}\n`, code: 0, seconds: 0 };
}

/** A tool that ran as root, as sudo lets the demo's monitoring user do. */
export function command(
  name: string,
  line: string,
  output: string,
  { code = 0, seconds = 0.2 }: { code?: number; seconds?: number } = {},
): ComposedSection {
  const run = { line: `/usr/bin/sudo -n ${line}`, privilege: 'sudo' } as const;
  return { name, kind: 'command', content: lines(output), command: run, code, seconds };
}

/** A tool that needs no privilege. */
export function userCommand(name: string, line: string, output: string): ComposedSection {
  const run = { line, privilege: 'user' } as const;
  return { name, kind: 'command', content: lines(output), command: run, code: 0, seconds: 0 };
}

/** A tool that is there and that sudo would refuse: capture.sh does not run it and says what it would have run. */
export function denied(name: string, line: string): ComposedSection {
  const run = { line, privilege: 'user' } as const;
  const content = 'permission denied: only root may ask this\n';
  return { name, kind: 'command', content, command: run, code: 1, seconds: 0 };
}

/** A file or tool that the machine does not have. */
export function absent(name: string): ComposedSection {
  return { name, status: 'absent' };
}

/** The first lines of a capture. */
export interface CaptureHead {
  /** When it was made, in seconds since the epoch. */
  readonly time: number;
  readonly uptimeSeconds: number;
  /** As `date` prints it: "+0200/CEST". */
  readonly zone: string;
  readonly tiers: readonly string[];
  readonly sections: readonly ComposedSection[];
}

/** Some token: what is composed foresees its own content. */
const TOKEN = '00000000-c0de-4de3-8000-000000000000';

const NOTICE = `# Composed for the demo fleet of pgfleet: no such machine exists. The format is that of a real capture,
# and \`pgfleet host report NAME\` reads it as one; serial numbers, addresses and names are made up.`;

/** The text of a capture, complete, with the time its sections took. */
export function captureText({ time, uptimeSeconds, zone, tiers, sections }: CaptureHead): string {
  let up = uptimeSeconds;
  const head = `pgfleet-capture 1 ${TOKEN} time=${time.toFixed(9)} zone=${zone} uptime=${up.toFixed(2)} machine=x86_64 tiers=${tiers.join(',')}`;
  const parts = sections.map((section) => {
    if ('status' in section) return `${TOKEN} none ${section.name} status=${section.status}\n`;
    const from = up;
    up += section.seconds;
    return frame(section, from, up);
  });
  return `${NOTICE}\n\n${head}\n${parts.join('')}${TOKEN} complete uptime=${up.toFixed(2)}\n`;
}

function frame({ name, kind, content, command: run, code }: Printed, from: number, to: number): string {
  const how = run === undefined ? '' : ` priv=${run.privilege} cmd=${run.line}`;
  // From 2 on the exit status of smartctl is a mask of what it found.
  const status = code === 0 || (name.startsWith('smartctl:') && code > 1) ? 'ok' : 'failed';
  const count = content.split('\n').length - 1;
  const end = `status=${status} code=${code} lines=${count} from=${from.toFixed(2)} to=${to.toFixed(2)}`;
  return `${TOKEN} begin ${name} kind=${kind}${how}\n${content}\n${TOKEN} end ${name} ${end}\n`;
}

/** Template literals begin and end with a line end, for the eye. */
function lines(text: string): string {
  const body = text.replace(/^\n/, '').replace(/\n+$/, '');
  return body === '' ? '' : `${body}\n`;
}

import { errorMessage, PgfleetError } from '../../lib/errors.ts';
import { redactText } from '../../lib/log.ts';
import { capture } from './arrival.ts';
import type { Section, SectionStatus } from './capture.ts';
import type { HostConnection, HostExporterConfig } from './config.ts';
import { createTransport } from './exporter.ts';
import { DISK_SECTIONS } from './formats/disk-list.ts';
import { TIERS } from './host-collector.ts';

/** All tiers at once, the slow ones included. */
const CHECK_MS = 60_000;
const UNREADABLE: ReadonlySet<SectionStatus> = new Set([
  'denied',
  'failed',
  'timeout',
  'truncated',
  'corrupt',
]);

/** What `pgfleet check` says about a host. */
export interface HostCheck {
  readonly target: string;
  /** Why nothing could be read; undefined when a capture arrived. */
  readonly failure: string | undefined;
  readonly sections: number;
  /** Sections that exist on the host and could not be read in full. */
  readonly unreadable: readonly { readonly name: string; readonly status: SectionStatus }[];
  /** Lines for /etc/sudoers.d/pgfleet on the host, so that what was denied can be read. */
  readonly sudoers: readonly string[];
}

/** Captures once, with all tiers, over a connection of its own. */
export async function checkHost(entry: HostConnection, config: HostExporterConfig): Promise<HostCheck> {
  const target = entry.name;
  const transport = createTransport(entry, config, { now: Date.now });
  try {
    const signal = new AbortController().signal;
    const source = { name: target, transport, now: Date.now };
    const arrival = await capture(source, { tiers: TIERS, budgetMs: CHECK_MS, signal });
    const sections = [...arrival.capture.sections.values()];
    return {
      target,
      failure: undefined,
      sections: sections.length,
      unreadable: sections
        .filter(({ status }) => UNREADABLE.has(status))
        .map(({ name, status }) => ({ name, status })),
      sudoers: sudoersLines(entry.ssh?.user ?? config.ssh?.user, sections),
    };
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    return { target, failure: redactText(errorMessage(error)), sections: 0, unreadable: [], sudoers: [] };
  } finally {
    await transport.close();
  }
}

/**
 * One line for each command that was denied, without its arguments' freedom: exactly the command that
 * capture.sh runs. EL5 and EL6 refuse sudo without a terminal, so the first line lifts that for this user.
 */
export function sudoersLines(user: string | undefined, sections: readonly Section[]): string[] {
  const who = user ?? 'pgfleet';
  const commands = sections.flatMap(({ status, tool, name }) => {
    if (status !== 'denied' || tool === undefined || tool.privilege === 'root') return [];
    const command = tool.command.replace(/^\S*sudo -n (?:-H -u \S+ )?/, '').replace(/[,:=\\]/g, '\\$&');
    const as = `(${tool.owner ?? 'root'}) NOPASSWD:`;
    return (name.startsWith(DISK_SECTIONS) ? diskCommands(command) : [command]).map((one) => `${as} ${one}`);
  });
  if (commands.length === 0) return [];
  return [`Defaults:${who} !requiretty`, ...[...new Set(commands)].map((command) => `${who} ALL=${command}`)];
}

/** Which disks there are is only known when smartctl may run: any device, but no other way of asking. */
function diskCommands(command: string): string[] {
  const [smartctl = ''] = command.split(' ');
  const question = command.replace(/(?<= -l selftest) .*$/, '');
  return [`${smartctl} -n standby -V`, `${smartctl} -n standby --scan-open`, `${question} *`];
}

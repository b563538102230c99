import type { Section } from '../capture.ts';
import type { HostInput } from '../host-collector.ts';
import { treeOf } from '../host-collector.ts';
import { parseArcconf } from './arcconf.ts';
import { parseAreca } from './areca.ts';
import { parseCciss } from './cciss.ts';
import { parseMegacli } from './megacli.ts';
import { parseMvcli } from './mvcli.ts';
import { mergeReports, type RaidController, type RaidReport, type RaidTool } from './raid.ts';
import { parseSas2ircu } from './sas2ircu.ts';
import { parseSsacli } from './ssacli.ts';
import { parseStorcli } from './storcli.ts';
import { parseTwCli } from './tw-cli.ts';

/** All RAID tools of a capture together. */
export interface ToolReadings {
  /** Each controller once, from the tool that knows more of it. */
  readonly controllers: readonly RaidController[];
  /** How many controllers each tool that ran knows. */
  readonly counts: ReadonlyMap<RaidTool, number>;
  /** What could not be read, and why. */
  readonly problems: readonly string[];
}

interface Source {
  readonly tool: RaidTool;
  /** How the names of its sections begin. */
  readonly prefix: string;
  /** `part` is what follows the prefix in the name of the section. */
  readonly parse: (text: string, part: string) => RaidReport;
}

/** In the order of trust: of two tools that know one controller, the first is believed. */
const SOURCES: readonly Source[] = [
  { tool: 'storcli', prefix: 'storcli2:', parse: parseStorcli },
  { tool: 'storcli', prefix: 'storcli:', parse: parseStorcli },
  { tool: 'megacli', prefix: 'megacli:', parse: parseMegacli },
  { tool: 'ssacli', prefix: 'ssacli:', parse: parseSsacli },
  { tool: 'arcconf', prefix: 'arcconf:', parse: (text, part) => parseArcconf(text, Number(part)) },
  { tool: 'sas2ircu', prefix: 'sas3ircu:', parse: parseSas2ircu },
  { tool: 'sas2ircu', prefix: 'sas2ircu:', parse: parseSas2ircu },
  { tool: 'tw_cli', prefix: 'tw_cli:', parse: (text, part) => parseTwCli(text, part.replace(/^c/, '')) },
  { tool: 'areca', prefix: 'areca:', parse: (text) => parseAreca(text) },
  { tool: 'mvcli', prefix: 'mvcli:', parse: parseMvcli },
];

export function readTools(input: HostInput): ToolReadings {
  const reports: RaidReport[] = [];
  const counts = new Map<RaidTool, number>();
  const problems: string[] = [];
  for (const { tool, prefix, parse } of SOURCES) {
    const sections = input.sections(prefix).filter((section) => section.status !== 'absent');
    if (sections.length === 0) continue;
    const own = mergeReports(
      sections.map((section) => {
        const report = parse(section.output, section.name.slice(prefix.length));
        const problem = problemOf(section, report);
        if (problem !== undefined) problems.push(problem);
        return report;
      }),
    );
    reports.push(own);
    counts.set(tool, Math.max(counts.get(tool) ?? 0, own.controllers.length));
  }
  const cciss = treeOf(input.section('cciss').output);
  for (const lines of cciss.values()) reports.push(parseCciss(lines.join('\n')));
  return { controllers: withoutTwins(reports.flatMap((report) => report.controllers)), counts, problems };
}

/** Undefined when the section told something: tools end with a code of their own when a part is not there. */
function problemOf(
  { name, status, exitCode }: Section,
  { controllers, errors }: RaidReport,
): string | undefined {
  switch (status) {
    case 'ok':
    case 'empty':
    case 'absent':
    case 'missing':
      return undefined;
    case 'failed':
      if (controllers.length > 0 || errors.length > 0) return undefined;
      return `section ${name}: failed on the host with code ${exitCode ?? 'unknown'}`;
    case 'denied':
      return `section ${name}: reading it needs more privileges`;
    case 'timeout':
    case 'skipped':
      return `section ${name}: ${status === 'timeout' ? 'hung' : 'not reached'} on the host`;
    case 'truncated':
    case 'corrupt':
      return `section ${name}: expected all of it, found it ${status}`;
    default:
      return status satisfies never;
  }
}

/** Tools that read the same family of controllers, with the kernel's drivers for it. */
const FAMILIES: readonly { readonly tools: readonly RaidTool[]; readonly drivers: readonly string[] }[] = [
  { tools: ['storcli', 'megacli'], drivers: ['megaraid_sas', 'megaraid_mbox', 'megaraid_legacy'] },
  { tools: ['ssacli', 'cciss'], drivers: ['hpsa', 'cciss'] },
  { tools: ['arcconf', 'ssacli'], drivers: ['aacraid', 'smartpqi', 'ips'] },
  { tools: ['tw_cli'], drivers: ['3w-9xxx', '3w-xxxx', '3w-sas'] },
  { tools: ['areca'], drivers: ['arcmsr'] },
];

/** Leaves out what an earlier tool has already told: tools of one family see the same controllers. */
function withoutTwins(controllers: readonly RaidController[]): RaidController[] {
  const kept: RaidController[] = [];
  for (const one of controllers) if (!kept.some((other) => areTwins(other, one))) kept.push(one);
  return kept;
}

function areTwins(known: RaidController, one: RaidController): boolean {
  const sameSerial = known.serial !== undefined && known.serial === one.serial;
  switch (one.tool) {
    case 'megacli': {
      const numbered = known.id === one.id && (known.serial === undefined || one.serial === undefined);
      return known.tool === 'storcli' && (sameSerial || numbered);
    }
    // The kernel's list says less of any Smart Array than ssacli, which numbers them otherwise.
    case 'cciss':
      return known.tool === 'ssacli';
    case 'arcconf':
      return known.tool === 'ssacli' && sameSerial;
    default:
      return false;
  }
}

/** RAID adapters by driver that no tool told about: their volumes may be degraded, and nobody would know. */
export function unreadAdapters(
  input: HostInput,
  controllers: readonly RaidController[],
): ReadonlyMap<string, number> {
  const unread = new Map<string, number>();
  for (const [driver] of treeOf(input.section('raid-drivers').output).values()) {
    const family = FAMILIES.find(({ drivers }) => driver !== undefined && drivers.includes(driver));
    if (driver === undefined || family === undefined) continue;
    // /proc/driver/cciss names volumes without their state, so it does not count.
    const read = controllers.some(({ tool }) => tool !== 'cciss' && family.tools.includes(tool));
    if (!read) unread.set(driver, (unread.get(driver) ?? 0) + 1);
  }
  return unread;
}

import { type Catalog, loadCatalog } from '../../catalog/catalog.ts';
import { parseCapture, type Section } from '../../exporters/host/capture.ts';
import type { ClockOffset, HostCollector, HostInput } from '../../exporters/host/host-collector.ts';
import type { Sample } from '../../lib/metric.ts';

const TOKEN = '01234567-89ab-4cde-8f01-23456789abcd';

let shipped: Catalog | undefined;

/** A section as a test gives it: its text, or parts of a Section. */
export type GivenSection = string | Partial<Section>;

/** Runs one collector over sections given as text and prints its samples: `name{label="value"} 1`. */
export function collect(
  collector: HostCollector,
  sections: Readonly<Record<string, GivenSection>>,
  more: Partial<Omit<HostInput, 'section'>> & { machine?: string } = {},
): string[] {
  return [...collector.samples(hostInput(sections, more))].flatMap(print);
}

/** What collectors are given, made of section texts. */
export function hostInput(
  sections: Readonly<Record<string, GivenSection>>,
  { machine = 'x86_64', ...more }: Partial<Omit<HostInput, 'section'>> & { machine?: string } = {},
): HostInput {
  const clock: ClockOffset = { seconds: 0.25, errorSeconds: 0.125 };
  return {
    section: (name) => givenSection(name, sections[name]),
    sections: (prefix) =>
      Object.keys(sections)
        .filter((name) => name.startsWith(prefix))
        .map((name) => givenSection(name, sections[name])),
    get catalog() {
      shipped ??= loadCatalog();
      return shipped;
    },
    header: {
      version: 1,
      time: 1_700_000_000.5,
      zoneOffsetSeconds: 3600,
      zone: 'CET',
      uptime: 1000,
      machine,
      tiers: ['fast'],
    },
    now: 1_700_000_100,
    clusterOf: (stanza) => stanza,
    arrival: { statuses: new Map([['ok', 1]]), complete: true, bytes: 5, durationSeconds: 0.5, live: true },
    clock,
    ...more,
  };
}

function givenSection(name: string, given: GivenSection | undefined): Section {
  const none = { name, exitCode: undefined, durationSeconds: undefined, tool: undefined, output: '' };
  if (given === undefined) return { ...none, status: 'missing' };
  if (typeof given !== 'string') return { ...none, status: 'ok', ...given };
  return { ...none, status: given === '' ? 'empty' : 'ok', exitCode: 0, output: given };
}

/** One line as the exposition has it; empty labels and absent values are not there. */
export function print({ family, labels, value }: Sample): string[] {
  if (value === null || value === undefined) return [];
  const pairs = Object.entries(labels).filter(([, text]) => text !== '');
  const inside = pairs.map(([label, text]) => `${label}=${JSON.stringify(text)}`).join(',');
  return [`${family.name}${inside === '' ? '' : `{${inside}}`} ${value}`];
}

/** The text of a capture with these sections, as capture.sh prints it. */
export function captureText(sections: Readonly<Record<string, string>>): string {
  const parts = Object.entries(sections).map(([name, content]) => {
    const lines = content.split('\n').length - 1;
    const end = `end ${name} status=ok code=0 lines=${lines} from=100.10 to=100.35`;
    return `${TOKEN} begin ${name} kind=file\n${content}\n${TOKEN} ${end}\n`;
  });
  const head = `\npgfleet-capture 1 ${TOKEN} time=1700000000.5 zone=+0100/CET uptime=100.00 machine=x86_64 tiers=fast\n`;
  return `${head}${parts.join('')}${TOKEN} complete uptime=101.00\n`;
}

/** The token of `captureText`, for tests that forge frames. */
export const CAPTURE_TOKEN = TOKEN;

/** Sections of a text by name, as one object that `toEqual` prints well. */
export function statuses(text: string): Record<string, string> {
  return Object.fromEntries([...parseCapture(text).sections].map(([name, { status }]) => [name, status]));
}

import { z } from 'zod';
import { ParseError } from '../../lib/errors.ts';
import { prometheusQuestion } from './prometheus-api.ts';

/** What a host is good for, worst first. */
export const GRADES = ['retire', 'unknown', 'watch', 'reuse'] as const;
export type Grade = (typeof GRADES)[number];

/** Something that is the matter with a server or host, or that cannot be told. */
export interface Condition {
  readonly about: 'server' | 'host';
  /** Address of the server or name of the host; empty for the fleet as a whole. */
  readonly instance: string;
  readonly condition: string;
  readonly part: string;
  readonly verdict: 'found' | 'undetermined';
  readonly evidence: Evidence;
}

/** Why a host has its grade. */
export interface HostFinding {
  readonly instance: string;
  readonly finding: string;
  readonly grade: Exclude<Grade, 'reuse'>;
  /** The part of the machine, such as a disk; empty for the machine. */
  readonly subject: string;
  readonly evidence: Evidence;
}

/** The series that says so, and its value. */
export interface Evidence {
  readonly series: string;
  readonly value: number;
}

export interface KnownVerdicts {
  readonly state: 'known';
  readonly conditions: readonly Condition[];
  readonly findings: readonly HostFinding[];
  /** By name of the host. */
  readonly grades: ReadonlyMap<string, Grade>;
}

/** `off`: no Prometheus is configured; `unknown`: it did not answer, or has not evaluated our rules. */
export type Verdicts =
  | { readonly state: 'off' }
  | { readonly state: 'unknown'; readonly reason: string }
  | KnownVerdicts;

/** Reads the verdicts of now; never rejects. */
export type VerdictSource = () => Promise<Verdicts>;

// pgfleet:server_in_use is there whenever the rules are evaluated: without it, silence would look like health.
const QUERY =
  '{__name__=~"pgfleet:(server_condition|host_condition|host_finding|host_grade)"} or group(pgfleet:server_in_use) or group(pgfleet:host_in_use)';

/** Verdicts of the recording rules in alert-rules/fleet/, by one instant query. */
export function prometheusVerdicts(prometheusUrl: string, now: () => number): VerdictSource {
  const path = `api/v1/query?${new URLSearchParams({ query: QUERY })}`;
  return prometheusQuestion<Verdicts>(prometheusUrl, path, parseVerdicts, now);
}

const labelsSchema = z.record(z.string(), z.string());
const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: labelsSchema, value: z.tuple([z.number(), z.string()]) })),
  }),
});

/** Answer of `/api/v1/query`. Throws ParseError for anything else. */
export function parseVerdicts(text: string): Verdicts {
  const { result } = readAnswer(text).data;
  if (result.length === 0) return { state: 'unknown', reason: 'the rules of pgfleet gave no series' };
  const series = result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  const named = (name: string) => series.filter(({ labels }) => labels['__name__'] === name);
  return {
    state: 'known',
    conditions: [
      ...named('pgfleet:server_condition').map((one) => condition('server', one)),
      ...named('pgfleet:host_condition').map((one) => condition('host', one)),
    ],
    findings: named('pgfleet:host_finding').map(hostFinding),
    grades: new Map(
      named('pgfleet:host_grade').map(({ labels }) => [labels['instance'] ?? '', gradeOf(labels)]),
    ),
  };
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function condition(about: Condition['about'], { labels, value }: Series): Condition {
  const { instance = '', condition = '', part = '', verdict, evidence = '' } = labels;
  return {
    about,
    instance,
    condition,
    part,
    // A word we do not know is no verdict.
    verdict: verdict === 'found' ? 'found' : 'undetermined',
    evidence: { series: evidence, value },
  };
}

function hostFinding({ labels, value }: Series): HostFinding {
  const { instance = '', finding = '', subject = '', evidence = '' } = labels;
  const grade = gradeOf(labels);
  return {
    instance,
    finding,
    subject,
    grade: grade === 'reuse' ? 'unknown' : grade,
    evidence: { series: evidence, value },
  };
}

/** What is not known is never reuse. */
function gradeOf(labels: Series['labels']): Grade {
  return GRADES.find((grade) => grade === labels['grade']) ?? 'unknown';
}

function readAnswer(text: string): z.output<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ParseError('answer of Prometheus', 'the vector of an instant query', text, { cause: error });
  }
}

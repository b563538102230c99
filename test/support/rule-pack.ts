import { readdirSync, readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, parse, parseDocument } from 'yaml';

/** The folder of the rule pack, read once for the contract tests. */
export const RULES = new URL('../../alert-rules/', import.meta.url);

/** A rule as it stands in its file, with what the file says around it. */
export interface Rule {
  readonly file: string;
  readonly group: string;
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The comments before the rule or before its `for`. */
  readonly comment: string;
}

export interface RuleTest {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  readonly assertions: readonly { readonly expr: string; readonly samples: readonly { labels?: string }[] }[];
}

export function readText(path: string): string {
  return readFileSync(new URL(path, RULES), 'utf8');
}

function files(suffix: string): string[] {
  return readdirSync(RULES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
}

/** Every rule of the pack, in the order of files and rules. */
export function loadRules(): Rule[] {
  return files('.rules.yml').flatMap((file) => {
    const document = parseDocument(readText(file));
    const { groups } = document.toJS() as { groups: { name: string; rules: RawRule[] }[] };
    return groups.flatMap(({ name, rules }, groupIndex) =>
      rules.map((rule, index) => ({
        file,
        group: name,
        ...rule,
        labels: rule.labels ?? {},
        annotations: rule.annotations ?? {},
        comment: commentOf(document.getIn(['groups', groupIndex, 'rules'], true), index),
      })),
    );
  });
}

type RawRule = Pick<Rule, 'alert' | 'record' | 'expr' | 'for'> & {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};

/** The parser gives the comment before the first entry of a list to the list. */
function commentOf(list: unknown, index: number): string {
  const node = isSeq(list) ? list.items[index] : undefined;
  if (!isSeq(list) || !isMap(node)) return '';
  const keys = node.items.map(({ key }) => (isScalar(key) ? (key.commentBefore ?? '') : ''));
  const before = index === 0 ? list.commentBefore : node.commentBefore;
  return [before ?? '', ...keys].join('\n').trim();
}

/** Every promtool test of the pack. */
export function loadRuleTests(): RuleTest[] {
  return files('.rules.test.yml').flatMap((file) => {
    const text = readText(file);
    const { tests } = parse(text) as { tests: RawTest[] };
    const document = parseDocument(text);
    const nodes = document.get('tests', true);
    return tests.map((test, index) => ({
      file,
      name: test.name ?? '',
      text: isSeq(nodes) ? JSON.stringify(tests[index]) : text,
      assertions: (test.promql_expr_test ?? []).map(({ expr, exp_samples }) => ({
        expr,
        samples: exp_samples ?? [],
      })),
    }));
  });
}

interface RawTest {
  name?: string;
  promql_expr_test?: { expr: string; exp_samples?: { labels?: string }[] | null }[];
}

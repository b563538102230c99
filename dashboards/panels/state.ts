import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOR, type Step } from './palette.ts';
import { type Locale, text } from './text.ts';

/** Registry entries that should be there, filtered by the choices at the top of the page. */
export const SERVERS =
  'pgfleet_registry_server_info{lifecycle=~"in_service|deprecated",env=~"$env",site=~"$site",instance=~"$instance"}';
export const HOSTS =
  'pgfleet_registry_host_info{lifecycle=~"in_service|deprecated",env=~"$env",site=~"$site",instance=~"$host"}';

/** The colours of pgfleet:server_state and pgfleet:host_state, see alert-rules/fleet/state.rules.yml. */
export const STATE_STEPS: readonly Step[] = [
  { from: null, color: COLOR.ok },
  { from: 1, color: COLOR.warning },
  { from: 2, color: COLOR.critical },
  { from: 3, color: COLOR.down },
];

const STATES = [
  text('OK', '正常'),
  text('Warning', '警告'),
  text('Critical', '严重'),
  text('Not observed', '未观测到'),
];

/** The states in words. */
export function stateNames(locale: Locale): ValueMapping[] {
  return [valueMapping(STATES.map((state, value) => [value, state[locale]]))];
}

/** Words for single values, such as 1 for a primary. */
export function valueMapping(
  words: readonly (readonly [value: number, word: string, color?: string])[],
): ValueMapping {
  const options = Object.fromEntries(
    words.map(([value, word, color], index) => [
      String(value),
      { text: word, index, ...(color === undefined ? {} : { color }) },
    ]),
  );
  return { type: MappingType.ValueToText, options };
}

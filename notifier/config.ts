import { z } from 'zod';
import { durationSchema } from '../lib/config.ts';
import { loadUnits } from '../lib/units.ts';
import type { ChannelType } from './channel.ts';
import { SEVERITIES } from './incident.ts';
import { LANGUAGES, type Language } from './message.ts';
import { type Matcher, parseMatcher, type Route } from './routes.ts';

/** The `notify:` part of pgfleet.yml after loading. Durations are seconds. */
export interface NotifyConfig {
  /** Names that Alertmanager may post under: /v1/alertmanager/<name>. */
  readonly sources: readonly string[];
  readonly channels: readonly ChannelConfig[];
  readonly routes: readonly Route[];
  /** Channels that take over what another one cannot deliver. */
  readonly fallback: readonly string[];
  readonly repeat_interval: number;
  readonly merge_window: { readonly critical: number; readonly warning: number; readonly info: number };
  readonly max_age: number;
  readonly retention: number;
  readonly timezone: string;
}

/** One entry of `channels:`; beside these it holds the options of its type. */
export interface ChannelConfig {
  readonly name: string;
  readonly type: string;
  readonly language?: Language | undefined;
}

/** Reads the channels/ folder: every file there is a type that `channels:` may name. */
export async function loadChannelTypes(): Promise<ChannelType[]> {
  const units = await loadUnits<ChannelType>(new URL('./channels/', import.meta.url), 'channel');
  return units.map(({ value }) => value);
}

const name = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, 'expected 1 to 63 letters, digits, "_", "." or "-"');

const severities = z.array(z.enum(SEVERITIES)).min(1);

const matcher = z.string().transform((text, refinement): Matcher => {
  const parsed = parseMatcher(text);
  if (parsed !== undefined) return parsed;
  refinement.addIssue({
    code: 'custom',
    message: `expected a matcher such as env="prod" or app=~"shop|pay", found ${JSON.stringify(text)}`,
  });
  return z.NEVER;
});

const routeSchema = z.strictObject({
  severity: severities.optional().describe('Severities it applies to. Default: all.'),
  matchers: z.array(matcher).default([]).describe('Conditions on labels that must all hold.'),
  channels: z.array(name).min(1).describe('Channels that are told.'),
  repeat_interval: durationSchema.optional().describe('Overrides the general repeat_interval.'),
  resolved: z.boolean().default(true).describe('Also tell when it is over.'),
});

const mergeWindowSchema = z.strictObject({
  critical: durationSchema.prefault('0s'),
  warning: durationSchema.prefault('30s'),
  info: durationSchema.prefault('1m'),
});

const timezone = z
  .string()
  .default(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  .refine(isTimeZone, 'expected a time zone such as Asia/Shanghai or UTC');

function isTimeZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The schema of `notify:` for the channel types that exist. */
export function notifySchema(types: readonly ChannelType[]) {
  return z
    .strictObject({
      sources: z.array(name).min(1).default(['main']).describe('Names Alertmanagers post under.'),
      channels: z.array(channelSchema(types)).default([]).describe('Where messages can go.'),
      routes: z.array(routeSchema).default([]).describe('Who is told. Default: every channel, everything.'),
      fallback: z.array(name).default([]).describe('Channels that take over what another cannot deliver.'),
      repeat_interval: durationSchema.prefault('4h').describe('Remind of a firing alert. 0s: never.'),
      merge_window: mergeWindowSchema.prefault({}).describe('How long news waits for more to join it.'),
      max_age: durationSchema.prefault('1d').describe('Undelivered news older than this is given up.'),
      retention: durationSchema.prefault('30d').describe('How long closed incidents and bodies are kept.'),
      timezone: timezone.describe('Zone of the times in messages. Default: that of the machine.'),
    })
    .superRefine((config, refinement) => {
      const report = (path: (string | number)[], message: string) =>
        refinement.addIssue({ code: 'custom', path, message });
      checkNames(config.channels, report);
      checkReferences(config, report);
      checkOptions(types, config.channels, report);
    })
    .transform((config): NotifyConfig => ({ ...config, routes: withDefaultRoute(config) }));
}

function channelSchema(types: readonly ChannelType[]): z.ZodType<ChannelConfig> {
  const [first, ...rest] = types.map(({ type, options }) =>
    options.extend({ name, type: z.literal(type), language: z.enum(LANGUAGES).optional() }),
  );
  if (first === undefined) return z.never();
  // Every member was extended with the fields of ChannelConfig just above.
  return z.discriminatedUnion('type', [first, ...rest]) as unknown as z.ZodType<ChannelConfig>;
}

type Report = (path: (string | number)[], message: string) => void;

function checkNames(channels: readonly ChannelConfig[], report: Report): void {
  for (const [index, channel] of channels.entries()) {
    if (channels.findIndex((other) => other.name === channel.name) < index) {
      report(['channels', index, 'name'], `expected a name of its own, found a second "${channel.name}"`);
    }
  }
}

function checkReferences(
  config: { channels: readonly ChannelConfig[]; routes: readonly Route[]; fallback: readonly string[] },
  report: Report,
): void {
  const known = config.channels.map((channel) => channel.name);
  const check = (path: (string | number)[], names: readonly string[]) => {
    for (const [index, wanted] of names.entries()) {
      if (known.includes(wanted)) continue;
      report(
        [...path, index],
        `expected a channel's name (${known.join(', ') || 'none is configured'}), found "${wanted}"`,
      );
    }
  };
  for (const [index, { channels }] of config.routes.entries()) check(['routes', index, 'channels'], channels);
  check(['fallback'], config.fallback);
}

function checkOptions(
  types: readonly ChannelType[],
  channels: readonly ChannelConfig[],
  report: Report,
): void {
  for (const [index, channel] of channels.entries()) {
    const type = types.find((candidate) => candidate.type === channel.type);
    for (const problem of type?.check(channel) ?? []) report(['channels', index], problem);
  }
}

function withDefaultRoute(config: {
  channels: readonly ChannelConfig[];
  routes: readonly Route[];
}): readonly Route[] {
  if (config.routes.length > 0 || config.channels.length === 0) return config.routes;
  return [{ matchers: [], channels: config.channels.map((channel) => channel.name), resolved: true }];
}

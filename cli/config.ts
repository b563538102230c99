import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { thresholdOverridesSchema } from '../alert-rules/config.ts';
import { checkDeclared, hostFields, serverFields } from '../exporters/fleet/config.ts';
import { discoverySchema } from '../exporters/fleet/scan-plan.ts';
import { checkHostConnections, hostConnectionFields, sshDefaultsSchema } from '../exporters/host/config.ts';
import { postgresOptionsSchema } from '../exporters/postgres/config.ts';
import {
  addressSchema,
  ConfigError,
  durationSchema,
  type Environment,
  parseConfig,
  pathSchema,
} from '../lib/config.ts';
import { LOG_LEVELS } from '../lib/log.ts';
import { loadChannelTypes, notifySchema } from '../notifier/config.ts';

const urlSchema = z.string().refine(isHttpUrl, {
  message: 'expected a URL such as "http://prometheus.example:9090", without credentials in it',
});

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

function childSchema(listen: string) {
  return {
    listen: addressSchema
      .prefault(listen)
      .describe(`Where \`pgfleet up\` lets it listen, default ${listen}.`),
    url: urlSchema.optional().describe('Use this one instead of starting one.'),
  };
}

/** The whole of pgfleet.yml. Each area owns its part; the rules between parts are applied here. */
export async function configSchema() {
  return z
    .strictObject({
      listen: addressSchema.prefault('127.0.0.1:9432').describe('Exporters, status page and webhook.'),
      external_url: urlSchema
        .optional()
        .describe(
          'Address under which people reach pgfleet, for links in alerts. Default: where it listens.',
        ),
      web_config_file: pathSchema
        .optional()
        .describe("TLS and authentication in the form of Prometheus's web-config."),
      data_dir: pathSchema
        .prefault('.pgfleet')
        .describe('What pgfleet keeps: outbox, data of its Prometheus, logs.'),
      catalog_dir: pathSchema
        .optional()
        .describe('Folder with entries of your own, laid over the catalog that pgfleet ships.'),
      language: z.enum(['en', 'zh']).default('en').describe('Language of the status page and of messages.'),
      log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
      prometheus: z
        .strictObject({
          ...childSchema('127.0.0.1:9433'),
          scrape_interval: durationSchema.prefault('15s'),
          retention: durationSchema.prefault('90d').describe('How long it keeps samples.'),
        })
        .prefault({}),
      alertmanager: z.strictObject(childSchema('127.0.0.1:9434')).prefault({}),
      grafana: z.strictObject(childSchema('127.0.0.1:9435')).prefault({}),
      postgres: postgresOptionsSchema.prefault({}).describe('Defaults of every server.'),
      ssh: sshDefaultsSchema.prefault({}).describe('Defaults of every host reached by ssh.'),
      servers: z
        .array(z.strictObject({ ...serverFields, postgres: postgresOptionsSchema.optional() }))
        .default([])
        .describe('PostgreSQL servers.'),
      hosts: z
        .array(z.strictObject({ ...hostFields, ...hostConnectionFields }))
        .default([])
        .describe('Machines.'),
      discovery: discoverySchema.prefault({}).describe('Where to look for servers that nobody declared.'),
      notify: notifySchema(await loadChannelTypes()).prefault({}),
      thresholds: thresholdOverridesSchema.prefault({}).describe("A site's own values for the alert rules."),
    })
    .superRefine((config, refinement) => {
      checkDeclared(config, refinement);
      checkHostConnections(config, refinement);
    });
}

/** A validated pgfleet.yml: paths absolute, durations in seconds, secrets wrapped. */
export type FleetConfig = z.output<Awaited<ReturnType<typeof configSchema>>>;

/** Reads and validates a configuration file. Throws ConfigError with every problem, or when it cannot be read. */
export async function loadConfig({ file, env }: { file: string; env: Environment }): Promise<FleetConfig> {
  return parseConfig(await configSchema(), { file, text: read(file), env });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = missing
      ? 'no such file; name another one with --config, or copy pgfleet.example.yml'
      : 'cannot be read';
    const cause = missing ? undefined : error;
    throw new ConfigError([{ file, line: 1, column: 1, path: '', message }], { cause });
  }
}

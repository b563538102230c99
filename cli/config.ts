import { existsSync } from 'node:fs';
import { z } from 'zod';
import { thresholdOverridesSchema } from '../alert-rules/config.ts';
import { discoverySchema } from '../exporters/fleet/scan-plan.ts';
import { sshDefaultsSchema } from '../exporters/host/config.ts';
import { postgresOptionsSchema } from '../exporters/postgres/config.ts';
import {
  addressSchema,
  ConfigError,
  durationSchema,
  type Environment,
  parseConfig,
  pathSchema,
  problemAt,
} from '../lib/config.ts';
import { LOG_LEVELS } from '../lib/log.ts';
import { loadChannelTypes, notifySchema } from '../notifier/config.ts';
import {
  checkAcross,
  type RegistryFile,
  readConfigFile,
  readIncluded,
  registrySections,
} from './config-files.ts';

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

/** The whole of pgfleet.yml. Each area owns its part; the rules between entries are those of `checkAcross`. */
export async function configSchema() {
  return z.strictObject({
    listen: addressSchema.prefault('127.0.0.1:9432').describe('Exporters, status page and webhook.'),
    external_url: urlSchema
      .optional()
      .describe('Address under which people reach pgfleet, for links in alerts. Default: where it listens.'),
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
    ...registrySections,
    include: z
      .array(pathSchema)
      .default([])
      .describe('Files with more servers and hosts; * stands for a part of a file name.'),
    discovery: discoverySchema.prefault({}).describe('Where to look for servers that nobody declared.'),
    notify: notifySchema(await loadChannelTypes()).prefault({}),
    thresholds: thresholdOverridesSchema.prefault({}).describe("A site's own values for the alert rules."),
  });
}

/** A validated pgfleet.yml: paths absolute, durations in seconds, secrets wrapped. */
export type FleetConfig = z.output<Awaited<ReturnType<typeof configSchema>>>;

/** Reads and validates a configuration file and those it includes. Throws ConfigError with every problem of a file. */
export async function loadConfig(source: { file: string; env: Environment }): Promise<FleetConfig> {
  return (await loadConfigFiles(source)).config;
}

/** The same, with the files that the entries of `servers` and `hosts` stand in, in their order. */
export async function loadConfigFiles({
  file,
  env,
}: {
  file: string;
  env: Environment;
}): Promise<{ config: FleetConfig; files: readonly RegistryFile[] }> {
  const text = readConfigFile(file);
  const main = parseConfig(await configSchema(), { file, text, env });
  const { servers, hosts, include, ssh, catalog_dir } = main;
  if (catalog_dir !== undefined && !existsSync(catalog_dir)) {
    const message = `expected a folder, found none at ${catalog_dir}`;
    throw new ConfigError([problemAt({ file, text }, ['catalog_dir'], message)]);
  }
  const files = [{ file, text, servers, hosts }, ...readIncluded({ file, text }, include, env)];
  checkAcross(files, ssh);
  const config = {
    ...main,
    servers: files.flatMap((one) => one.servers),
    hosts: files.flatMap((one) => one.hosts),
  };
  return { config, files };
}

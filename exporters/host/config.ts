import { z } from 'zod';
import { addressSchema, durationSchema, pathSchema, secretSchema } from '../../lib/config.ts';
import type { CapturePlace } from './transports/capture-file.ts';

const userSchema = z
  .string()
  .regex(/^[a-zA-Z0-9_][a-zA-Z0-9_.@\\-]{0,63}\$?$/, 'expected a login name')
  .describe('Login name on the host.');

const credentialFields = {
  user: userSchema.optional(),
  key_file: pathSchema.optional().describe('Private key in OpenSSH or PEM form.'),
  passphrase: secretSchema.optional().describe('Passphrase of the private key.'),
  password: secretSchema.optional().describe('Password, where keys are not accepted.'),
  agent_socket: pathSchema.optional().describe('Socket of an ssh agent, the value of SSH_AUTH_SOCK.'),
} as const;

const behaviourFields = {
  known_hosts_file: pathSchema
    .optional()
    .describe('Trusted host keys in the form of OpenSSH; `pgfleet host trust NAME` adds to it.'),
  connect_timeout: durationSchema.optional().describe('Longest time to connect and log in, default 8s.'),
  keepalive_interval: durationSchema
    .optional()
    .describe('An idle connection is tested this often, default 15s.'),
  legacy_algorithms: z
    .boolean()
    .optional()
    .describe(
      'Also offer the SHA-1 and CBC algorithms that OpenSSH 4 to 6 needs; set it for old hosts only.',
    ),
} as const;

/** `ssh:` of the whole file: defaults of every host. */
export const sshDefaultsSchema = z.strictObject({ ...credentialFields, ...behaviourFields });

const jumpSchema = z
  .strictObject({ address: addressSchema, ...credentialFields })
  .describe('Host to go through; what it does not set is taken from the defaults.');

const sshSchema = z.strictObject({
  address: addressSchema.describe('host:port of sshd, as pgfleet reaches it.'),
  ...credentialFields,
  ...behaviourFields,
  jump: jumpSchema.optional(),
});

const captureSchema = z.strictObject({
  file: pathSchema
    .optional()
    .describe('Output of `pgfleet capture` or capture.sh, brought here by other means.'),
  directory: pathSchema.optional().describe('Folder of such files, *.cap: the newest is read.'),
});

const tierSchema = z.strictObject({
  enabled: z.boolean().optional(),
  ttl: durationSchema.optional().describe('How long its results are served before the next run.'),
});

/** How a host is reached: what an entry of `hosts:` has beside its registry fields. */
export const hostConnectionFields = {
  transport: z
    .enum(['local', 'ssh', 'capture'])
    .describe('local: this machine; ssh: log in, nothing is installed; capture: a file made there.'),
  ssh: sshSchema.optional(),
  capture: captureSchema.optional(),
  collectors: z
    .strictObject({
      enable: z.array(z.string()).default([]),
      disable: z.array(z.string()).default([]),
    })
    .optional()
    .describe('Collectors to switch on or off for this host.'),
  tiers: z
    .strictObject({
      inventory: tierSchema.optional(),
      disks: tierSchema.optional(),
      raid: tierSchema.optional(),
      ipmi: tierSchema.optional(),
      postgres: tierSchema.optional(),
      backups: tierSchema.optional(),
    })
    .optional()
    .describe('Pace of the slow groups of collectors.'),
  backups: z
    .strictObject({
      clusters: z
        .record(z.string(), z.string().min(1))
        .default({})
        .describe(
          'Cluster by stanza of pgBackRest, server of Barman or configuration of WAL-G. Default: the cluster of that name, or the only one on the host.',
        ),
    })
    .optional()
    .describe('Whose backups lie on this host.'),
} as const;

const hostConnectionSchema = z.object({
  name: z.string(),
  cluster: z.string().optional(),
  ...hostConnectionFields,
});

/** An entry of `hosts:` as this exporter reads it. */
export type HostConnection = z.output<typeof hostConnectionSchema>;
export type SshDefaults = z.output<typeof sshDefaultsSchema>;
type SshSettings = z.output<typeof sshSchema>;

/** The part of pgfleet.yml this exporter reads. */
export interface HostExporterConfig {
  readonly ssh?: SshDefaults | undefined;
  readonly hosts: readonly HostConnection[];
  /** Which clusters there are, and where they run. */
  readonly servers?: readonly { readonly cluster?: string | undefined; readonly host?: string | undefined }[];
}

interface Issues {
  addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void;
}

/** Rules between fields, for `.superRefine()` of the whole configuration. */
export function checkHostConnections({ ssh, hosts }: HostExporterConfig, issues: Issues): void {
  hosts.forEach((host, index) => {
    const problem = connectionProblem(host, ssh);
    if (problem !== undefined) {
      issues.addIssue({ code: 'custom', path: ['hosts', index, problem.field], message: problem.message });
    }
  });
}

function connectionProblem(
  { transport, ssh, capture }: HostConnection,
  defaults: SshDefaults | undefined,
): { field: string; message: string } | undefined {
  if (transport === 'ssh' && ssh === undefined) {
    return { field: 'transport', message: 'transport ssh needs ssh: { address: "host:22" }' };
  }
  if (transport === 'capture' && (capture?.file === undefined) === (capture?.directory === undefined)) {
    const message = 'transport capture needs capture: { file: PATH } or capture: { directory: PATH }';
    return { field: capture === undefined ? 'transport' : 'capture', message };
  }
  if (transport !== 'ssh' && ssh !== undefined) {
    return { field: 'ssh', message: `ssh has no meaning with transport ${transport}` };
  }
  if (transport !== 'capture' && capture !== undefined) {
    return { field: 'capture', message: `capture has no meaning with transport ${transport}` };
  }
  if (ssh === undefined) return undefined;
  const { user, known_hosts_file, key_file, password, agent_socket } = { ...defaults, ...defined(ssh) };
  if (user === undefined) return { field: 'ssh', message: 'expected a user here or under the top-level ssh' };
  if (known_hosts_file === undefined) {
    return { field: 'ssh', message: 'expected a known_hosts_file here or under the top-level ssh' };
  }
  if (key_file === undefined && password === undefined && agent_socket === undefined) {
    const message = 'expected key_file, password or agent_socket here or under the top-level ssh';
    return { field: 'ssh', message };
  }
  return undefined;
}

/** Where and as whom to log in, defaults applied. */
export interface SshLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string | undefined;
  readonly passphrase: SshDefaults['passphrase'];
  readonly password: SshDefaults['password'];
  readonly agentSocket: string | undefined;
}

/** All ssh settings of one host, defaults applied. */
export interface SshTarget {
  /** Name of the hosts entry, for messages. */
  readonly name: string;
  readonly login: SshLogin;
  readonly jump: SshLogin | undefined;
  readonly knownHostsFile: string;
  readonly connectTimeoutMs: number;
  readonly keepaliveIntervalMs: number;
  readonly legacyAlgorithms: boolean;
}

const DEFAULT_CONNECT_TIMEOUT_SECONDS = 8;
const DEFAULT_KEEPALIVE_SECONDS = 15;

/** Applies the defaults to one host; what `checkHostConnections` refuses has empty fields here. */
export function resolveSsh(name: string, ssh: SshSettings, defaults: SshDefaults = {}): SshTarget {
  const all = { ...defaults, ...defined(ssh) };
  return {
    name,
    login: login(all, ssh.address),
    jump: ssh.jump && login({ ...defaults, ...defined(ssh.jump) }, ssh.jump.address),
    knownHostsFile: all.known_hosts_file ?? '',
    connectTimeoutMs: (all.connect_timeout ?? DEFAULT_CONNECT_TIMEOUT_SECONDS) * 1000,
    keepaliveIntervalMs: (all.keepalive_interval ?? DEFAULT_KEEPALIVE_SECONDS) * 1000,
    legacyAlgorithms: all.legacy_algorithms ?? false,
  };
}

/** Where the captures of a host are; undefined for what `checkHostConnections` refuses. */
export function capturePlace({ capture }: HostConnection): CapturePlace | undefined {
  if (capture?.file !== undefined) return { file: capture.file };
  return capture?.directory === undefined ? undefined : { directory: capture.directory };
}

function login(settings: SshDefaults, address: SshSettings['address']): SshLogin {
  return {
    host: address.host,
    port: address.port,
    user: settings.user ?? '',
    keyFile: settings.key_file,
    passphrase: settings.passphrase,
    password: settings.password,
    agentSocket: settings.agent_socket,
  };
}

/** Without the keys whose value is undefined, so that a spread does not erase a default. */
function defined<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

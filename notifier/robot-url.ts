import { z } from 'zod';
import { secretSchema } from '../lib/config.ts';
import type { Secret } from '../lib/secret.ts';

/** For networks that reach the internet through a proxy only; the environment's is not used. */
export const proxyOption = {
  proxy: z
    .url({ protocol: /^http$/ })
    .optional()
    .describe('HTTP proxy that opens a tunnel, such as http://proxy.example:3128.'),
};

/** The options of every messenger whose robot is an address with a token in it. */
export const robotOptions = {
  url: secretSchema.describe('Address of the robot; it is the secret.'),
  api_base: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Origin to use instead of the one in url, such as a relay; also lifts the check of its host.'),
  ...proxyOption,
};

/** Says what is wrong with a robot's address without showing it. */
export function checkRobotUrl(
  { url, api_base }: { url: Secret; api_base?: string | undefined },
  hosts: readonly (string | RegExp)[],
): string[] {
  const text = url.reveal();
  if (!URL.canParse(text)) return ['expected an address in url, found something else (not shown)'];
  if (api_base !== undefined) return [];
  const { protocol, hostname } = new URL(text);
  const known = hosts.some((host) => (typeof host === 'string' ? host === hostname : host.test(hostname)));
  if (protocol === 'https:' && known) return [];
  const expected = hosts.map((host) => (typeof host === 'string' ? host : host.source)).join(' or ');
  return [`expected https and the host ${expected} in url, found ${protocol}//${hostname}`];
}

/** Where to send: the robot's path and query, at `api_base` when there is one. */
export function robotUrl({ url, api_base }: { url: Secret; api_base?: string | undefined }): URL {
  const own = new URL(url.reveal());
  return api_base === undefined ? own : new URL(`${own.pathname}${own.search}`, api_base);
}

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../cli/config.ts';
import { projectFile } from '../../lib/project-file.ts';

const text = readFileSync(projectFile('pgfleet.example.yml'), 'utf8');
const uncommented = text.replace(/^( *)# (?=[a-z_]+: )/gm, '$1');

/** The example beside files for every secret it names. */
function laidOut(content: string) {
  const folder = mkdtempSync(join(tmpdir(), 'pgfleet-example-'));
  const env: Record<string, string> = {};
  for (const [, path = ''] of content.matchAll(/\{ file: (secrets\/[\w-]+) \}/g)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), 'https://oapi.dingtalk.com/robot/send?access_token=x');
  }
  for (const [, name = ''] of content.matchAll(/\{ env: ([A-Z_]+) \}/g))
    env[name] = `https://${name.toLowerCase()}.example/x`;
  const secretUrls: Record<string, string> = {
    'wecom-url': 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x',
    'feishu-url': 'https://open.feishu.cn/open-apis/bot/v2/hook/x',
    'slack-url': 'https://hooks.slack.com/services/T/B/X',
    'teams-url': 'https://prod.westeurope.logic.azure.com/workflows/x?sig=y',
  };
  for (const [name, url] of Object.entries(secretUrls)) writeFileSync(join(folder, 'secrets', name), url);
  const file = join(folder, 'pgfleet.yml');
  writeFileSync(file, content);
  return { file, env: { ...env, TELEGRAM_TOKEN: '123456:abcdefghijklmnopqrstuvwxyz012345678' } };
}

it('is accepted as it is', async () => {
  const config = await loadConfig(laidOut(text));

  expect(config.servers).toHaveLength(2);
  expect(config.notify.channels).toHaveLength(8);
});

it('mentions every option of the reference', () => {
  const reference = readFileSync(projectFile('docs/reference/configuration.md'), 'utf8');
  const paths = [...reference.matchAll(/^\| `([^`]+)` \|/gm)]
    .map(([, path = '']) => path)
    .filter((path) => !path.startsWith('thresholds.'));
  // What each messenger may have beside its own: one mention of the option is enough.
  const keys = new Set(
    paths.map(
      (path) =>
        path
          .split('.')
          .at(-1)
          ?.replace(/\[\]$|\{.*$/g, '') ?? '',
    ),
  );

  const missing = [...keys].filter((key) => key !== '' && !new RegExp(`\\b${key}:`).test(uncommented));

  expect(paths.length).toBeGreaterThan(80);
  expect(missing.filter((key) => !RARE.has(key))).toEqual([]);
});

/** Options of single messengers and rare set-ups, which the reference explains; the example would drown in them. */
const RARE = new Set([
  ...['api_base', 'all', 'groups', 'users', 'channel', 'thread_id', 'authorization', 'ca_file', 'servername'],
  ...['critical', 'notify'],
]);

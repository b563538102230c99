import { describe, expect, it } from 'vitest';
import { Secret } from '../lib/secret.ts';
import { redact, secretsIn } from './redact.ts';

describe('redact', () => {
  it.each([
    'POST https://oapi.dingtalk.com/robot/send?access_token=canary123 failed',
    'POST https://open.feishu.cn/open-apis/bot/v2/hook/canary-123 failed',
    'https://hooks.slack.com/services/T0/B0/canary123',
    'https://api.telegram.org/bot123456:canary_ABC/sendMessage',
    'https://x.logic.azure.com/workflows/1/triggers/manual?sv=1.0&sig=canary123',
    'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=canary123',
    'Authorization: Bearer canary123',
  ])('knows the form of %s', (text) => {
    expect(redact(text, [])).not.toContain('canary');
  });

  it('finds a known secret in every form in which it travels', () => {
    const options = {
      url: new Secret('https://x.example/p/canary/send?t=canary%2B1'),
      list: [new Secret('pa ss+wörd')],
    };
    const secrets = secretsIn(options);

    for (const text of ['/p/canary/send', 't=canary+1', 'pa ss+wörd', encodeURIComponent('pa ss+wörd')]) {
      expect(redact(`error: ${text} end`, secrets)).toMatch(/^error: .*\[redacted\].* end$/);
    }
  });

  it('gives one short line', () => {
    expect(redact(`a\nb ${'x'.repeat(1000)}`, []).length).toBe(300);
  });
});

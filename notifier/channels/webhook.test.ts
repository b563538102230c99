import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { expectPartsToFit, openChannel } from '../../test/support/channel-contract.ts';
import { SAMPLE_NOW, sampleIncident, sampleMessage } from '../../test/support/sample-message.ts';
import { parseSnapshot } from '../alertmanager.ts';
import { channel, webhookBody, webhookHeaders, webhookSignature } from './webhook.ts';

const options = { url: new Secret('https://hook.example/x'), allow_private: false, per_minute: 60 };

describe('webhookSignature', () => {
  it('signs time and body', () => {
    // printf '1700000000.{}' | openssl dgst -sha256 -hmac key
    expect(webhookSignature('key', 1_700_000_000, '{}')).toBe(
      't=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae',
    );
  });
});

describe('webhookHeaders', () => {
  it('names the message and the part, signs and authorises', () => {
    const part = { ...sampleMessage(), part: { number: 2, count: 2 } };
    const secrets = { secret: new Secret('key'), authorization: new Secret('Bearer t') };

    expect(webhookHeaders(secrets, part, '{}', 1_700_000_000_999)).toMatchObject({
      'idempotency-key': 'm1.2',
      'x-signature': webhookSignature('key', 1_700_000_000, '{}'),
      authorization: 'Bearer t',
    });
    expect(webhookHeaders({}, sampleMessage(), '{}', 0)).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': 'm1',
    });
  });
});

describe('webhookBody', () => {
  const closed = sampleIncident({
    id: 'i2',
    fingerprint: 'f2',
    closedAt: SAMPLE_NOW,
    endsAt: SAMPLE_NOW - 1000,
  });
  const part = sampleMessage([
    { incident: sampleIncident(), change: 'open' },
    { incident: closed, change: 'close' },
  ]);

  it('is what Alertmanager would send', () => {
    const snapshot = parseSnapshot(JSON.stringify(webhookBody(part)), SAMPLE_NOW);

    expect(snapshot.unreadable).toBe(0);
    expect(
      snapshot.alerts.map(({ fingerprint, status, endsAt }) => ({ fingerprint, status, endsAt })),
    ).toEqual([
      { fingerprint: 'f1', status: 'firing', endsAt: undefined },
      { fingerprint: 'f2', status: 'resolved', endsAt: SAMPLE_NOW - 1000 },
    ]);
  });

  it('adds the message in words', () => {
    expect(webhookBody(part)).toMatchObject({
      commonLabels: { alertname: 'DiskFills' },
      message: {
        id: 'm1',
        severity: 'critical',
        title: part.title,
        text: expect.stringContaining('Free: 4%.'),
      },
    });
  });
});

describe('the channel', () => {
  it('cuts every message to its limit', () => {
    expectPartsToFit(openChannel(channel, options));
  });

  it.each([
    ['https://hook.example/', false, 0],
    ['http://hook.example/', false, 1],
    ['http://10.0.0.1/', true, 0],
    ['ftp://hook.example/', true, 1],
  ])('checks %s (private: %s)', (address, allow_private, problems) => {
    expect(channel.check({ ...options, url: new Secret(address), allow_private })).toHaveLength(problems);
  });
});

import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

const secret = new Secret('hunter2');

it('gives the text to whoever asks for it by name', () => {
  expect(secret.reveal()).toBe('hunter2');
});

it.each([
  ['String', String(secret)],
  ['template', `${secret}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ secret }, { depth: 5, showHidden: true })],
])('is redacted through %s', (_way, printed) => {
  expect(printed).toContain('[redacted]');
  expect(printed).not.toContain('hunter2');
});

import { describe, expect, it } from 'vitest';
import { judgeVersionError, readStartupAnswer } from './startup-answer.ts';

function error(fields: Record<string, string>): Buffer {
  const body = Object.entries(fields)
    .map(([letter, text]) => `${letter}${text}\0`)
    .join('');
  const bytes = Buffer.from(`E....${body}\0`);
  bytes.writeInt32BE(bytes.length - 1, 1);
  return bytes;
}

function versionError(supports: string, file = 'postmaster.c') {
  const text = `unsupported frontend protocol 255.255: server supports ${supports}`;
  return { S: 'FATAL', V: 'FATAL', C: '0A000', M: text, F: file, L: '2228', R: 'ProcessStartupPacket' };
}

describe('answer to a startup request', () => {
  it.each([
    ['S', 'tls'],
    ['N', 'no-tls'],
    ['G', 'gss'],
    ['', 'more'],
    ['E', 'more'],
    ['H', 'foreign'],
    ['HTTP/1.1 400 Bad Request', 'foreign'],
    ['NOPE', 'foreign'],
    ['Sx', 'foreign'],
    ['Error: what?\r\n', 'foreign'],
    ['5.7.44-log', 'foreign'],
  ])('%j is %s', (text, kind) => {
    expect(readStartupAnswer(Buffer.from(text)).kind).toBe(kind);
  });

  it('is an error with fields, complete only at its end', () => {
    const bytes = error(versionError('3.0 to 3.0'));

    expect(readStartupAnswer(bytes.subarray(0, -1)).kind).toBe('more');
    const answer = readStartupAnswer(bytes);
    expect(answer.kind === 'error' && answer.fields.get('F')).toBe('postmaster.c');
  });

  it.each([
    ['a length below its own size', Buffer.from('E\0\0\0\x01')],
    ['an endless length', Buffer.from('E\x7f\xff\xff\xff')],
    ['a field that does not end', Buffer.from('E\0\0\0\x08Cabc')],
    ['no code', error({ M: 'hello' })],
  ])('is foreign with %s', (_text, bytes) => {
    expect(readStartupAnswer(bytes).kind).toBe('foreign');
  });
});

describe('server and version', () => {
  it.each([
    ['9.6', versionError('1.0 to 3.0'), undefined, { from: 9.6, to: 9.6 }],
    ['9.5 and older', without('V', versionError('1.0 to 3.0')), undefined, { from: undefined, to: 9.5 }],
    ['10 or 11', versionError('2.0 to 3.0'), 'error', { from: 10, to: 11 }],
    ['12 or 13', versionError('2.0 to 3.0'), 'no-tls', { from: 12, to: 13 }],
    ['10 to 13, GSSAPI not asked', versionError('2.0 to 3.0'), undefined, { from: 10, to: 13 }],
    ['14 to 16', versionError('3.0 to 3.0'), 'no-tls', { from: 14, to: 16 }],
    ['17', versionError('3.0 to 3.0', 'backend_startup.c'), 'gss', { from: 17, to: 17 }],
    ['18 and later', versionError('3.0 to 3.2', 'backend_startup.c'), 'no-tls', { from: 18, to: undefined }],
    [
      '14 to 16 in Chinese',
      { ...versionError('x'), S: '致命错误', M: '不支持的前端协议255.255: 服务端支持3.0 到 3.0' },
      'no-tls',
      { from: 14, to: 16 },
    ],
  ] as const)('PostgreSQL %s', (_name, fields, gss, majors) => {
    expect(judgeVersionError(new Map(Object.entries(fields)), gss)).toEqual({ kind: 'postgresql', majors });
  });

  it('PgBouncer, which names neither file nor severity', () => {
    const fields = new Map([
      ['S', 'FATAL'],
      ['C', '08P01'],
      ['M', 'unsupported protocol'],
    ]);

    expect(judgeVersionError(fields, 'no-tls')).toEqual({ kind: 'pgbouncer', majors: undefined });
  });

  it.each([
    ['a code only', { C: '0A000', M: 'unsupported' }],
    ['versions nobody has', versionError('7.0 to 9.0')],
    ['a file and no versions', { C: '0A000', M: 'no', F: 'pgwire.rs' }],
  ])('a relative: %s', (_name, fields) => {
    expect(judgeVersionError(new Map(Object.entries(fields)), undefined).kind).toBe('pgwire');
  });
});

function without(key: string, fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}

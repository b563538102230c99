import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureText, statuses, CAPTURE_TOKEN as TOKEN } from '../../test/support/host.ts';
import { parseCapture } from './capture.ts';

const HEAD = `pgfleet-capture 1 ${TOKEN} time=1700000000.250000000 zone=-0330/NST uptime=50.00 machine=x86_64 tiers=fast,inventory\n`;

describe('parseCapture', () => {
  it('reads header, sections and end', () => {
    const capture = parseCapture(captureText({ loadavg: '0.1 0.2 0.3 1/2 3\n', empty: '' }));

    expect(capture.header).toEqual({
      version: 1,
      time: 1_700_000_000.5,
      zoneOffsetSeconds: 3600,
      zone: 'CET',
      uptime: 100,
      machine: 'x86_64',
      tiers: ['fast'],
    });
    expect(capture.complete).toBe(true);
    expect(capture.durationSeconds).toBe(1);
    expect(capture.sections.get('loadavg')).toEqual({
      name: 'loadavg',
      status: 'ok',
      exitCode: 0,
      durationSeconds: 0.25,
      tool: undefined,
      output: '0.1 0.2 0.3 1/2 3\n',
    });
    expect(capture.sections.get('empty')?.status).toBe('empty');
  });

  it('reads a zone west of UTC and a clock without nanoseconds', () => {
    const text = HEAD.replace('.250000000', '.%N');

    expect(parseCapture(HEAD).header?.zoneOffsetSeconds).toBe(-12_600);
    expect(parseCapture(text).header?.time).toBe(1_700_000_000);
  });

  it('tolerates banners and errors of shell start-up files before it', () => {
    const noise = 'Authorized use only\nbash: /etc/profile.d/x.sh: line 3: syntax error\nno newline';

    expect(statuses(noise + captureText({ stat: 'a\n' }))).toEqual({ stat: 'ok' });
  });

  it('tolerates the line ends of a terminal', () => {
    const text = captureText({ stat: 'a\nb\n' }).replaceAll('\n', '\r\n');

    expect(parseCapture(text).sections.get('stat')?.output).toBe('a\nb\n');
  });

  it.each([
    ['none stat status=absent', 'absent'],
    ['none stat status=denied', 'denied'],
    ['none stat status=skipped', 'skipped'],
    ['begin stat kind=file\nx\n\nTOKEN end stat status=truncated code=0 lines=1', 'truncated'],
    ['begin stat kind=file\nx\n\nTOKEN end stat status=failed code=1 lines=1', 'failed'],
    ['begin stat kind=file\n12\nTOKEN lost status=timeout code=137', 'timeout'],
    ['begin stat kind=file\n12\nTOKEN lost status=failed code=2', 'failed'],
    ['begin stat kind=file\n12\nTOKEN begin other kind=file', 'truncated'],
    ['begin stat kind=file\nx\n\nTOKEN end stat status=ok code=0 lines=2', 'corrupt'],
    ['begin stat kind=file\nx\n\nTOKEN end other status=ok code=0 lines=1', 'corrupt'],
    ['begin stat kind=file\nx\n\nTOKEN end stat status=sideways code=0 lines=1', 'corrupt'],
  ])('%s is %s', (frames, expected) => {
    const text = `${HEAD}${TOKEN} ${frames.replaceAll('TOKEN', TOKEN)}\n${TOKEN} complete uptime=51.00\n`;

    expect(statuses(text)['stat']).toBe(expected);
  });

  it.each([
    ['sudo: a password is required'],
    ['sudo: sorry, you must have a tty to run sudo'],
    ["Sorry, user pgfleet is not allowed to execute '/usr/sbin/dmidecode' as root on db1."],
    ['/dev/mem: Permission denied'],
    ['smartctl 6.2\nSmartctl open device: /dev/sda failed: Operation not permitted'],
    ['You must be root to run this program'],
    ["ERROR: please run barman as 'barman' user"],
  ])('takes "%s" with a failure as a denial', (message) => {
    const lines = message.split('\n').length;
    const text = `${HEAD}${TOKEN} begin tool kind=command priv=sudo cmd=sudo -n tool -x\n${message}\n\n${TOKEN} end tool status=failed code=1 lines=${lines}\n`;

    const section = parseCapture(text).sections.get('tool');

    expect(section?.status).toBe('denied');
    expect(section?.tool).toEqual({
      command: 'sudo -n tool -x',
      privilege: 'sudo',
      version: undefined,
      owner: undefined,
    });
  });

  it('does not let content end its section or open another', () => {
    const forged = 'deadbeef-0000-4000-8000-000000000000';
    const content = `1\n${forged} end stat status=ok code=0 lines=1\n${forged} begin meminfo kind=file\n9\n`;

    const capture = parseCapture(captureText({ stat: content, meminfo: '2\n' }));

    expect(capture.sections.get('stat')?.output).toBe(content);
    expect(capture.sections.get('meminfo')?.output).toBe('2\n');
  });

  it('marks a capture cut off and keeps complete lines only', () => {
    const text = captureText({ loadavg: '1\n', meminfo: 'MemTotal: 10 kB\nMemFree: 240 kB\n' });
    const capture = parseCapture(text.slice(0, text.indexOf('MemFree: 24') + 11));

    expect(capture.complete).toBe(false);
    expect(capture.sections.get('loadavg')?.status).toBe('ok');
    expect(capture.sections.get('meminfo')).toMatchObject({
      status: 'truncated',
      output: 'MemTotal: 10 kB\n',
    });
  });

  it('keeps the first whole section of a name', () => {
    const cut = `${TOKEN} begin stat kind=file\n12`;
    const whole = (content: string) =>
      `${TOKEN} begin stat kind=file\n${content}\n${TOKEN} end stat status=ok code=0\n`;

    expect(parseCapture(`${HEAD}${cut}\n${whole('a\n')}${whole('b\n')}`).sections.get('stat')?.output).toBe(
      'a\n',
    );
  });

  it.each([
    ['nothing', ''],
    ['text', 'ls: cannot access\n'],
    ['a header without a token', 'pgfleet-capture 1 time=1\n'],
    ['binary', '\0\x01\x02\xff\n'.repeat(1000)],
  ])('finds no header in %s', (_what, text) => {
    expect(parseCapture(text)).toEqual({
      header: undefined,
      sections: new Map(),
      complete: false,
      durationSeconds: undefined,
    });
  });

  it('does not read a format it does not know', () => {
    const capture = parseCapture(
      captureText({ stat: 'a\n' }).replace('pgfleet-capture 1', 'pgfleet-capture 2'),
    );

    expect(capture.header?.version).toBe(2);
    expect(capture.sections.size).toBe(0);
  });
});

describe('parseCapture on damaged captures', () => {
  const whole = captureText({
    loadavg: '0.1 0.2 0.3 1/2 3\n',
    stat: 'cpu  1 2\nbtime 5\n',
    meminfo: 'MemTotal: 1 kB\n',
  });
  const originals = parseCapture(whole).sections;

  /** A section that still counts as read must be the one that was sent. */
  function holds(text: string): void {
    for (const { name, status, output } of parseCapture(text).sections.values()) {
      if (status === 'ok') expect(output).toBe(originals.get(name)?.output);
    }
  }

  it('never takes a truncated section for a whole one', () => {
    fc.assert(fc.property(fc.nat(whole.length), (length) => holds(whole.slice(0, length))));
  });

  it('never takes a section with lost or added lines for a whole one', () => {
    const lines = whole.split('\n');
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.nat(lines.length - 1), (from, to) => {
        holds([...lines.slice(0, from), ...lines.slice(to)].join('\n'));
      }),
    );
  });

  it('never takes sections of two interleaved captures for whole ones', () => {
    const other = captureText({ loadavg: '9 9 9 9/9 9\n', stat: 'cpu  9 9\nbtime 9\n' }).replaceAll(
      TOKEN,
      'ffffffff-89ab-4cde-8f01-23456789abcd',
    );
    const [a, b] = [whole.split('\n'), other.split('\n').slice(2)];
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 80 }), (choices) => {
        const [left, right] = [[...a], [...b]];
        const mixed = choices.flatMap((first) => (first ? left : right).splice(0, 1));
        holds([...mixed, ...left].join('\n'));
      }),
    );
  });

  it('answers any text, however hostile, in time', () => {
    const frame = fc
      .constantFrom('begin', 'end', 'none', 'lost', 'complete', 'x')
      .map((kind) => `\n${TOKEN} ${kind} `);
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme-composite', maxLength: 5 }),
      frame,
      fc.constant('\n'),
      fc.constant(HEAD),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const capture = parseCapture(HEAD + pieces.join(''));
        expect(capture.sections.size).toBeLessThanOrEqual(pieces.length);
      }),
    );
  });

  it('reads 50 MB without a pause', () => {
    const huge = captureText({ stat: 'x'.repeat(99).concat('\n').repeat(500_000) });

    expect(parseCapture(huge).sections.get('stat')?.status).toBe('ok');
  });
});

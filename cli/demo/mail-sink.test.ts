import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { expect, it } from 'vitest';
import { type Mail, startMailSink, subjectOf } from './mail-sink.ts';

it.each([
  ['Subject: plain\r\n\r\nSubject: not this', 'plain'],
  ['From: a\r\nsubject: in two\r\n lines\r\n\r\n', 'in two lines'],
  ['Subject: =?UTF-8?Q?=5BDOWN=5D_=E4=BB=93?=\r\n =?UTF-8?Q?=E5=BA=93?= db\r\n\r\n', '[DOWN] 仓库 db'],
  ['Subject: =?utf-8?B?5LuT?= =?utf-8?B?5bqT?=\r\n\r\n', '仓库'],
  ['Subject: =?utf-8?B?5Lu=?= =?utf-8?B?kw==?=\r\n\r\n', '仓'],
  ['From: a\r\n\r\nno subject', ''],
])('reads the subject of %j', (message, expected) => {
  expect(subjectOf(message)).toBe(expected);
});

it('keeps each mail as a file and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgfleet-mail-'));
  const mails: Mail[] = [];
  const sink = await startMailSink({ port: 0, folder, onMail: (mail) => mails.push(mail) });
  const transport = createTransport({ host: '127.0.0.1', port: sink.port });

  await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: '库 down', text: 'Body.' });
  transport.close();
  await sink.close();

  expect(mails).toMatchObject([{ subject: '库 down', to: ['b@example.com'] }]);
  expect(mails[0]?.file).toMatch(/-0001-库-down\.eml$/);
  expect(await readFile(mails[0]?.file ?? '', 'utf8')).toContain('Body.');
  await rm(folder, { recursive: true });
});

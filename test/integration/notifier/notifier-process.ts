import { runNotifier } from './harness.ts';

// A notifier of its own process, to be killed: DATA_DIR and SMTP_PORT in, the webhook's address out.
const { DATA_DIR: dataDir, SMTP_PORT: port } = process.env;
if (dataDir === undefined || port === undefined) throw new Error('DATA_DIR and SMTP_PORT are required');

const running = await runNotifier({
  dataDir,
  yaml: `
channels:
  - { name: mail, type: email, from: a@example.com, to: [ops@example.com], per_minute: 10000,
      smtp: { host: 127.0.0.1, port: ${port}, tls: none } }
merge_window: { critical: 0s, warning: 0s, info: 0s }`,
});
running.notifier.start();
process.stdout.write(`${running.webhook}\n`);

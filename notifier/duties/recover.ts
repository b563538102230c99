import type { Duty } from '../duty.ts';

/** Gives messages whose sender died back to the queue, marked as possible duplicates. */
export const duty: Duty = {
  name: 'recover',
  everySeconds: 10,
  prepare:
    ({ outbox, audit, now, log, onNews }) =>
    () => {
      const rows = outbox.recover(now());
      if (rows === 0) return;
      audit.write('recovered after a crash', 'outbox', `${rows} rows`);
      log.warn({ rows }, 'messages recovered after a crash; they may arrive twice');
      onNews();
    },
};

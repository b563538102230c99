import type { Duty } from '../duty.ts';

/** Forgets bodies, finished incidents with their news, old notices and audit entries after the retention time. */
export const duty: Duty = {
  name: 'prune',
  everySeconds: 3600,
  prepare:
    ({ store, plan, now, log }) =>
    () => {
      const before = now() - plan().config.retention * 1000;
      const removed = store.transaction(() => {
        const bodies = store.run('delete from inbox where last_received_at < :before', { before });
        const news = store.run(
          `delete from outbox where state not in ('pending', 'sending') and created_at < :before
           and (incident_id is null or incident_id in (select id from incident where closed_at < :before))`,
          { before },
        );
        const incidents = store.run(
          `delete from incident where closed_at < :before
           and not exists (select 1 from outbox where incident_id = incident.id)`,
          { before },
        );
        const states = store.run(
          `delete from alert_state where status = 'resolved' and last_seen < :before`,
          {
            before,
          },
        );
        const audit = store.run('delete from audit where at < :before', { before });
        return { bodies, news, incidents, states, audit };
      });
      log.debug(removed, 'store pruned');
    },
};

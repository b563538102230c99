import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-activity.ts';

const row = {
  datname: 'shop',
  state: 'idle',
  usename: 'app',
  application_name: '',
  backend_type: 'client backend',
  wait_event_type: 'Client',
  wait_event: 'ClientRead',
  sessions: 7,
  max_duration: null,
};

it('counts sessions, and gives no duration where there is no transaction', () => {
  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain(
    'pg_stat_activity_count{datname="shop",state="idle",usename="app",backend_type="client backend",wait_event_type="Client",wait_event="ClientRead"} 7\n',
  );
  expect(text).not.toContain('pg_stat_activity_max_tx_duration{');
});

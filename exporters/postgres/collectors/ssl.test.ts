import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './ssl.ts';

it('counts sessions by version of TLS', () => {
  const rows = [
    { tls: 'TLSv1.3', sessions: 3 },
    { tls: 'none', sessions: 1 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pgfleet_postgres_network_sessions{tls="TLSv1.3"} 3\n');
  expect(text).toContain('pgfleet_postgres_network_sessions{tls="none"} 1\n');
});

import { expect, it } from 'vitest';
import { alertsReference } from './reference.ts';
import { loadThresholds } from './thresholds.ts';

it('lists every alert once with its severities, and every threshold', async () => {
  const page = await alertsReference();

  expect(page).toContain(
    '| [ServerUnobserved](../runbooks/en/ServerUnobserved.md) | critical after 5m, warning after 5m | Server _server_ (_instance_) is declared but not observed |',
  );
  expect(page.match(/\[ServerUnobserved\]/g)).toHaveLength(1);
  for (const { name } of loadThresholds()) expect(page).toContain(`| \`${name}\` |`);
  expect(page).not.toMatch(/\{\{|undefined/);
});

/**
 * Source: the "checked on" date of each catalog file
 * Shape:  one series per catalog file
 * Units:  seconds
 * Needs:  nothing   Cost: none
 * Absent when: no catalog is loaded
 */
import { gauge } from '../../../lib/metric.ts';
import type { FleetCollector } from '../fleet-exporter.ts';

const age = gauge(
  'pgfleet_catalog_age_seconds',
  'Time since the facts of the catalog file were last checked against their sources.',
  ['catalog'],
);

export const collector = {
  name: 'catalog_age',
  help: 'How old the dates are by which versions and hardware are judged.',
  metrics: [age],
  *samples({ catalogs }) {
    for (const { catalog, ageSeconds } of catalogs) yield age({ catalog }, ageSeconds);
  },
} satisfies FleetCollector;

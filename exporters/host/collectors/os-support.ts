/**
 * Source: what the `os` and `uname` collectors read; the catalog
 * Shape:  'ID="centos"', 'VERSION_ID="7"', "3.10.0-1160.el7.x86_64"
 * Units:  seconds since the epoch; states as one series per state
 * Needs:  nothing   Cost: none beside these collectors'
 * Absent when: the end, of releases the catalog does not know or gives no day for
 */
import { osRelease } from '../../../catalog/releases.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, treeOf } from '../host-collector.ts';
import { readOs } from './os.ts';

const end = gauge(
  'pgfleet_host_os_support_end_timestamp_seconds',
  'End of the support of the operating system by the catalog, without paid extensions.',
  ['release'],
);
const extendedEnd = gauge(
  'pgfleet_host_os_extended_support_end_timestamp_seconds',
  'End of the extended support of the operating system by the catalog, for those who have it.',
  ['release'],
);
const state = gauge(
  'pgfleet_host_os_support_state',
  'State of the support of the operating system: 1 for the one it is in.',
  ['state'],
);

const STATES = ['supported', 'ending', 'ended', 'unknown'] as const;

export const collector = {
  name: 'os_support',
  help: 'Whether the operating system is still supported, and until when.',
  metrics: [end, extendedEnd, state],
  sections: ['os'],
  tier: 'fast',
  *samples({ section, catalog, now }) {
    const text = contentOf(section('os'));
    const os = text === undefined ? undefined : readOs(treeOf(text));
    const id = os?.get('id');
    const version = os?.get('version_id');
    const name = os?.get('name');
    const support =
      id === undefined || version === undefined
        ? undefined
        : osRelease(catalog.os, { id, version, ...(name === undefined ? {} : { name }) }, now * 1000);
    for (const known of STATES)
      yield state({ state: known }, Number(known === (support?.status ?? 'unknown')));
    const release = support?.name;
    if (release === undefined) return;
    yield end({ release }, inSeconds(support?.eol));
    yield extendedEnd({ release }, inSeconds(support?.extendedUntil));
  },
} satisfies HostCollector;

function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

import type { Reading, Readings } from './report-samples.ts';

/** How the report names things: by what is known of them, else by their ids. */

const DAY = 86_400;

type LabelSet = Readonly<Record<string, string>>;

export function volume(labels: LabelSet, readings: Readings): string {
  const { controller = '', volume: id = '' } = labels;
  const info = readings.all('pgfleet_raid_volume_info', { controller, volume: id })[0]?.labels;
  const known = [info?.['level'], info?.['name'], info?.['device']].filter(
    (text) => text !== undefined && text !== '',
  );
  return `Volume ${id} of ${controller}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
}

export function drive(labels: LabelSet, readings: Readings): string {
  const { controller = '', drive: id = '' } = labels;
  const model = readings.all('pgfleet_raid_drive_info', { controller, drive: id })[0]?.labels['model'];
  return `Drive ${id} of ${controller}${model ? ` (${model})` : ''}`;
}

export function disk({ device = '' }: LabelSet, readings: Readings): string {
  const model = readings.all('pgfleet_disk_info', { device })[0]?.labels['model'];
  return `Disk ${device}${model ? ` (${model})` : ''}`;
}

export function timeLeft({ device = '' }: LabelSet, readings: Readings): string {
  const seconds = readings.value('pgfleet_disk_hour_limit_seconds', { device });
  if (seconds === undefined) return ' at a number of hours';
  if (seconds <= 0) return '; its hours are over';
  const days = Math.floor(seconds / DAY);
  return ` in ${days} days of power-on time; disks of the same age stop together`;
}

export function advisory({ device = '' }: LabelSet, readings: Readings): string[] {
  return readings
    .all('pgfleet_disk_hour_limit_seconds', { device })
    .map(({ labels }) => `advisory ${labels['advisory']}, fixed in firmware ${labels['fixed_in']}`);
}

export function subject(labels: LabelSet): string {
  const known = labels['subject']?.replaceAll('_', ' ') ?? '';
  return known === 'other' || known === '' ? `part (${labels['sensor']})` : known;
}

export function release(readings: Readings): string {
  const name = readings.label('pgfleet_host_os_support_end_timestamp_seconds', 'release');
  return name === undefined ? '' : `, ${name},`;
}

export function supportEnd(readings: Readings): string[] {
  const end = readings.value('pgfleet_host_os_support_end_timestamp_seconds');
  return end === undefined ? [] : [`last day by the catalog: ${dayText(end)}`];
}

/** "2007-07-02", UTC. */
export function dayText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

/** As the exposition has it, without empty labels. */
export function seriesText(family: string, { labels, value }: Reading): string {
  const pairs = Object.entries(labels).filter(([, text]) => text !== '');
  const inside = pairs.map(([label, text]) => `${label}=${JSON.stringify(text)}`).join(',');
  return `${family}${inside === '' ? '' : `{${inside}}`} ${value}`;
}

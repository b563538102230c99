import { each, type Finding, type FindingContext, type Rule, together } from './report-rule.ts';
import type { Readings } from './report-samples.ts';
import { dayText, release, seriesText, supportEnd } from './report-words.ts';

/** Operating system, processor, file systems. */
export const SYSTEM_RULES: readonly Rule[] = [
  // ---- system
  supportEnded,
  each('pgfleet_host_os_support_state', { state: 'ending' }, 'info', (_reading, readings) => ({
    message: `The support of the operating system${release(readings)} ends soon`,
    evidence: supportEnd(readings),
  })),
  each('pgfleet_filesystem_remounted_readonly', {}, 'critical', ({ labels }) => ({
    message: `File system ${labels['mountpoint']} became read-only: kernels do that after errors`,
  })),
  readOnly,
  each('pgfleet_filesystem_ext4_errors_total', {}, 'warning', ({ labels, value }, readings) => ({
    message: `The file system on ${labels['device']} remembers ${value} errors`,
    evidence: readings
      .all('pgfleet_filesystem_ext4_error_timestamp_seconds', {
        device: labels['device'] ?? '',
        which: 'last',
      })
      .map((reading) => `last one on ${dayText(reading.value)}`),
  })),
  uptimeLimits,
  together(
    'node_cpu_vulnerabilities_info',
    'info',
    ({ labels }) => (/^vulnerable/i.test(labels['state'] ?? '') ? labels['codename'] : undefined),
    (count) => `The processor is open to ${count} known attacks`,
  ),
  unreportedVulnerabilities,
  mixedMicrocode,
  each('pgfleet_host_microcode_outdated', {}, 'info', (_reading, readings) => ({
    message: 'The microcode of the processors is older than the newest known',
    evidence: [
      `runs ${revision(readings, 'pgfleet_host_microcode_revision')}, known ${revision(readings, 'pgfleet_host_microcode_newest_revision')}`,
    ],
  })),
  each('pgfleet_host_kernel_setting', { setting: 'vm.zone_reclaim_mode' }, 'warning', () => ({
    message: 'vm.zone_reclaim_mode is on: the kernel drops cached data while other memory is free',
  })),
  each('pgfleet_host_transparent_hugepage_info', { enabled: 'always' }, 'info', () => ({
    message: 'Transparent huge pages are always on: PostgreSQL stalls when the kernel defragments memory',
  })),
];

const DAY = 86_400;

/** Media that are made to be read only, and places of the system, are left out. */
const WRITABLE_TYPES = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'jfs', 'reiserfs', 'btrfs', 'zfs', 'f2fs']);

/** Some systems go on for those who pay, or for whom volunteers work: that is not the same as nothing. */
function supportEnded({ readings, madeAt }: FindingContext): Finding[] {
  const family = 'pgfleet_host_os_support_state';
  const [ended] = readings.all(family, { state: 'ended' });
  if (ended === undefined || ended.value === 0) return [];
  const extended = readings.value('pgfleet_host_os_extended_support_end_timestamp_seconds') ?? 0;
  const evidence = [...supportEnd(readings), seriesText(family, ended)];
  if (extended + DAY > madeAt) {
    const message = `The operating system${release(readings)} is past its regular support`;
    return [
      {
        severity: 'info',
        message,
        evidence: [`extended support, where you have it, until ${dayText(extended)}`, ...evidence],
      },
    ];
  }
  const message = `The operating system${release(readings)} gets no security updates any more`;
  return [{ severity: 'warning', message, evidence }];
}

/** Absence of the report is not absence of the faults. */
function unreportedVulnerabilities({ readings }: FindingContext): Finding[] {
  const family = 'pgfleet_host_cpu_vulnerabilities_reported';
  return readings
    .all(family)
    .filter(({ value }) => value === 0)
    .map((reading) => ({
      severity: 'info',
      message: 'The kernel is older than the fixes for the known attacks on processors',
      evidence: [seriesText(family, reading)],
    }));
}

function mixedMicrocode({ readings }: FindingContext): Finding[] {
  const family = 'pgfleet_host_microcode_revisions';
  return readings
    .all(family)
    .filter(({ value }) => value > 1)
    .map((reading) => ({
      severity: 'warning',
      message: `The processors run ${reading.value} different revisions of microcode`,
      evidence: [seriesText(family, reading)],
    }));
}

function readOnly({ readings }: FindingContext): Finding[] {
  const family = 'node_filesystem_readonly';
  return (
    readings
      .all(family)
      .filter(({ labels, value }) => value > 0 && WRITABLE_TYPES.has(labels['fstype'] ?? ''))
      // Those that should not be are told above, as what they are.
      .filter(
        ({ labels: { mountpoint = '' } }) =>
          !readings.value('pgfleet_filesystem_remounted_readonly', { mountpoint }),
      )
      .map((reading) => ({
        severity: 'warning',
        message: `File system ${reading.labels['mountpoint']} is mounted read-only`,
        evidence: [seriesText(family, reading)],
      }))
  );
}

const SOON_DAYS = 60;

function uptimeLimits({ readings }: FindingContext): Finding[] {
  const family = 'pgfleet_host_uptime_limit_seconds';
  return readings.all(family).map((reading) => {
    const days = Math.floor(reading.value / DAY);
    const when = days < 0 ? `is ${-days} days past its limit` : `has ${days} days left`;
    return {
      severity: days < SOON_DAYS ? 'critical' : 'warning',
      message: `A known fault of the ${reading.labels['what']} hangs machines that stay up too long: this one ${when}; reboot it`,
      evidence: [seriesText(family, reading)],
    };
  });
}

function revision(readings: Readings, family: string): string {
  const value = readings.value(family);
  return value === undefined ? 'an unknown one' : `0x${value.toString(16)}`;
}

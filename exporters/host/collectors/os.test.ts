import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { treeOf } from '../host-collector.ts';
import { collector, readOs } from './os.ts';

const file = (path: string, ...lines: readonly string[]) =>
  lines.map((line) => `${path}\t${line}\n`).join('');

describe('os', () => {
  it('exports os-release', () => {
    const os = file(
      '/etc/os-release',
      'NAME="Fedora Linux"',
      'VERSION_ID=39',
      "PRETTY_NAME='Fedora Linux 39'",
      '# a comment',
      'SUPPORT_END=2024-11-12',
      'ID=fedora',
      'X="a \\"quoted\\" word"',
    );

    expect(collect(collector, { os })).toEqual([
      'node_os_info{id="fedora",name="Fedora Linux",pretty_name="Fedora Linux 39",version_id="39"} 1',
      'node_os_version{id="fedora",name="Fedora Linux"} 39',
      'node_os_support_end_timestamp_seconds 1731369600',
    ]);
  });

  it.each([
    ['/etc/redhat-release', ['CentOS release 5.11 (Final)'], 'centos', '5.11', '5.11 (Final)', 'CentOS'],
    [
      '/etc/redhat-release',
      ['Red Hat Enterprise Linux Server release 6.10 (Santiago)'],
      'rhel',
      '6.10',
      '6.10 (Santiago)',
      'Red Hat Enterprise Linux Server',
    ],
    [
      '/etc/redhat-release',
      ['Scientific Linux release 6.4 (Carbon)'],
      'scientific',
      '6.4',
      '6.4 (Carbon)',
      'Scientific',
    ],
    [
      '/etc/SuSE-release',
      ['SUSE Linux Enterprise Server 11 (x86_64)', 'VERSION = 11', 'PATCHLEVEL = 4'],
      'sles',
      '11.4',
      '11.4',
      'SUSE Linux Enterprise Server',
    ],
    [
      '/etc/SuSE-release',
      ['SUSE Linux Enterprise Server 10 (x86_64)', 'VERSION = 10'],
      'sles',
      '10',
      '10',
      'SUSE Linux Enterprise Server',
    ],
    ['/etc/debian_version', ['6.0.10'], 'debian', '6.0.10', '6.0.10', 'Debian GNU/Linux'],
  ])('reads %s of systems before os-release: %j', (path, lines, id, versionId, version, name) => {
    const os = readOs(treeOf(file(path, ...lines)));

    expect(os?.get('id')).toBe(id);
    expect(os?.get('version_id')).toBe(versionId);
    expect(os?.get('version')).toBe(version);
    expect(os?.get('name')).toBe(name);
    expect(os?.get('pretty_name')).toContain(lines[0]);
  });

  it('exports major and minor version only', () => {
    expect(collect(collector, { os: file('/etc/debian_version', '6.0.10') })).toContain(
      'node_os_version{id="debian",name="Debian GNU/Linux"} 6',
    );
  });

  it.each([
    [''],
    [file('/etc/redhat-release', 'garbage')],
    [file('/etc/debian_version', 'not a version at all')],
    [file('/etc/SuSE-release', 'x')],
  ])('knows nothing from %j', (text) => {
    expect(readOs(treeOf(text))).toBeUndefined();
  });
});

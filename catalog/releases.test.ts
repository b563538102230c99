import { describe, expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import { kernelRelease, osRelease, releaseLine, releaseSupport } from './releases.ts';

const { os, kernel, services, components } = loadCatalog();
const NOW = Date.parse('2026-11-22T00:00:00Z');

describe('osRelease', () => {
  it.each([
    [{ id: 'debian', version: '12' }, 'Debian 12', 'ended'],
    [{ id: 'debian', version: '13' }, 'Debian 13', 'supported'],
    [{ id: 'ubuntu', version: '22.04' }, 'Ubuntu 22.04', 'ending'],
    [{ id: 'rhel', version: '8.10' }, 'Red Hat Enterprise Linux 8', 'supported'],
    [{ id: 'rocky', version: '9.4' }, 'Rocky Linux 9', 'supported'],
    [{ id: 'sles', version: '15.5' }, 'SUSE Linux Enterprise Server 15.5', 'ended'],
    [{ id: 'alpine', version: '3.20.3' }, 'Alpine Linux 3.20', 'ended'],
    [{ id: 'centos', version: '7', name: 'CentOS Linux' }, 'CentOS 7', 'ended'],
    [{ id: 'centos', version: '9', name: 'CentOS Stream' }, 'CentOS Stream 9', 'supported'],
    [{ id: 'centos', version: '8', name: 'CentOS Stream' }, 'CentOS Stream 8', 'ended'],
  ])('%j', (release, name, status) => {
    expect(osRelease(os, release, NOW)).toMatchObject({ name, status });
  });

  it('gives the extended support beside the general one', () => {
    expect(osRelease(os, { id: 'debian', version: '12' }, NOW).extendedUntil).toBe(Date.UTC(2028, 5, 30));
  });

  it('is unknown where no end was announced, and for systems and versions the catalog does not list', () => {
    expect(osRelease(os, { id: 'ol', version: '10.1' }, NOW).status).toBe('unknown');
    expect(osRelease(os, { id: 'openEuler', version: '22.03' }, NOW).status).toBe('unknown');
    expect(osRelease(os, { id: 'debian', version: '' }, NOW).status).toBe('unknown');
    expect(osRelease(os, { id: 'debian', version: '1' }, NOW).status).toBe('unknown');
  });

  it('is unknown where two products share an id and disagree', () => {
    const day = Date.parse('2022-06-01T00:00:00Z');

    expect(osRelease(os, { id: 'centos', version: '8' }, day)).toMatchObject({
      status: 'unknown',
      reason: 'centos 8 could be CentOS 8 or CentOS Stream 8',
    });
    expect(osRelease(os, { id: 'centos', version: '8' }, NOW).status).toBe('ended');
  });
});

describe('kernelRelease', () => {
  it.each([
    ['5.15.0-91-generic', 'ending'],
    ['2.6.32-754.el6.x86_64', 'unknown'],
    ['6.12.5', 'supported'],
    ['6.11.0', 'ended'],
    ['7.2.0', 'unknown'],
    ['FreeBSD', 'unknown'],
  ])('%s', (uname, status) => {
    expect(kernelRelease(kernel, uname, NOW).status).toBe(status);
  });
});

describe('releaseSupport', () => {
  it('knows managed PostgreSQL', () => {
    expect(releaseSupport(services, 'amazon-rds-postgresql', '14', NOW)).toMatchObject({ status: 'ending' });
    expect(releaseSupport(services, 'no-such-product', '1', NOW).status).toBe('unknown');
  });
});

describe('releaseLine', () => {
  it.each([
    ['pgbouncer', '1.25.1', { release: '1.25', patchMissing: false }],
    ['pgbouncer', '1.25.0', { release: '1.25', patchMissing: true }],
    ['pgbouncer', '1.9.0', { release: '1.9', patchMissing: false, supersededOn: Date.UTC(2019, 6, 1) }],
    ['vector', '0.5.1', { release: '0.5', patchMissing: false, supersededOn: Date.UTC(2024, 0, 29) }],
    ['postgis', '3.4.2', { release: '3.4', supersededOn: Date.UTC(2024, 8, 25) }],
    ['pgbouncer', '0.9', undefined],
    ['plpgsql', '1.0', undefined],
  ])('%s %s', (product, version, line) => {
    expect(releaseLine(components, product, version)).toEqual(line);
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Capture, parseCapture } from '../../../exporters/host/capture.ts';
import { sudoersLines } from '../../../exporters/host/check-host.ts';
import { CAPTURE_SCRIPT_PATH } from '../../../exporters/host/transports/capture-script.ts';
import { notice } from '../../support/notice.ts';
import { findShells } from '../../support/shells.ts';

const { found: shells, missing } = findShells();
for (const name of missing) notice('backups of capture.sh', `${name} is not on this machine`);
const isRoot = process.getuid?.() === 0;
if (!isRoot) notice('backups of capture.sh under sudo', 'files of another user need root');
const script = readFileSync(CAPTURE_SCRIPT_PATH);
const NOBODY = 65_534;

const ECHO = `echo "\${0##*/} $*"`;
/** Lets everything be listed and runs what it is asked to, telling as whom. */
const SUDO = `[ "$2" != -l ] || exit 0
echo "sudo $1 $2 $3 $4"
shift 4
exec "$@"`;

describe.each(shells)('capture.sh backups under $name', ({ command: [file, ...shellArguments] }) => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pgfleet-backups-'));
    await chmod(root, 0o755);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  };
  const tool = (name: string, body = ECHO) => put(`usr/bin/${name}`, `#!/bin/sh\n${body}\n`, 0o755);
  const run = (uid?: number): Capture => {
    const { stdout, stderr } = spawnSync(file, [...shellArguments, '-s', '--', '-b', '60', 'backups'], {
      env: { PGFLEET_ROOT: root },
      // Through its input, as over ssh: the other user may not reach this folder.
      input: script,
      encoding: 'utf8',
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    expect(stderr).toBe('');
    const capture = parseCapture(stdout);
    expect(capture.complete).toBe(true);
    return capture;
  };
  const outputs = ({ sections }: Capture) =>
    Object.fromEntries(
      [...sections.values()].map(({ name, status, output }) => [name, `${status} ${output}`.trim()]),
    );

  it('says which tools are not there', () => {
    expect(outputs(run())).toEqual({
      pgbackrest: 'absent',
      'barman:backups': 'absent',
      'barman:check': 'absent',
      'wal-g': 'absent',
    });
  });

  it('asks each configuration of WAL-G, or the home of its user', async () => {
    await tool('wal-g');
    const home = outputs(run());
    await put('etc/wal-g/shop.yaml', '');
    await put('etc/wal-g/crm.json', '');
    await put('etc/wal-g/odd name.json', '');

    const several = run();

    expect(home).toMatchObject({
      'wal-g': 'ok wal-g --version',
      'wal-g:default:backups': 'ok wal-g backup-list --detail --json',
      'wal-g:default:wal': 'ok wal-g wal-show --detailed-json --without-backups',
    });
    expect([...several.sections.keys()].filter((name) => name.startsWith('wal-g:'))).toEqual([
      'wal-g:crm:backups',
      'wal-g:crm:wal',
      'wal-g:shop:backups',
      'wal-g:shop:wal',
    ]);
    expect(outputs(several)['wal-g:shop:backups']).toBe(
      `ok wal-g backup-list --detail --json --config ${root}/etc/wal-g/shop.yaml`,
    );
  });

  it.skipIf(!isRoot)('runs as the owner of the repository, through sudo where it lets it', async () => {
    await tool('pgbackrest');
    await tool('sudo', SUDO);
    await mkdir(join(root, 'var/lib/pgbackrest'), { recursive: true });
    await chown(join(root, 'var/lib/pgbackrest'), NOBODY, NOBODY);

    const section = run(1).sections.get('pgbackrest');

    expect(section?.output).toBe('sudo -n -H -u nobody\npgbackrest info --output=json\n');
    expect(section?.tool).toMatchObject({ privilege: 'sudo', owner: 'nobody' });
  });

  it.skipIf(!isRoot)('runs as it is where sudo refuses, and tells who may', async () => {
    await tool(
      'pgbackrest',
      'echo "ERROR: [041]: unable to open file for read: [13] Permission denied"; exit 41',
    );
    await tool('sudo', '[ "$2" = -l ] && [ $# = 2 ]');

    const section = run(NOBODY).sections.get('pgbackrest');

    expect(section).toMatchObject({ status: 'denied', tool: { privilege: 'user', owner: 'postgres' } });
    expect(sudoersLines('mon', section === undefined ? [] : [section])).toEqual([
      'Defaults:mon !requiretty',
      `mon ALL=(postgres) NOPASSWD: ${root}/usr/bin/pgbackrest info --output\\=json`,
    ]);
  });

  it('does without sudo where that refuses everything', async () => {
    await tool('pgbackrest');
    await tool('sudo', 'echo no; exit 1');

    expect(outputs(run())).toMatchObject({ pgbackrest: 'ok pgbackrest info --output=json' });
  });
});

import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withSshdUser } from './sshd.ts';

/** A login that only an sshd started with these `binds` knows: no account of the machine changes. */
export interface Account {
  readonly user: string;
  readonly password: string;
  /** Everything it consists of; to be removed in the end. */
  readonly folder: string;
  readonly home: string;
  readonly binds: readonly (readonly [file: string, place: string])[];
}

export interface AccountOptions {
  /** The password must be changed at the next login. */
  readonly expired?: boolean;
  readonly shell?: string;
  /** Lines of /etc/sudoers. */
  readonly sudoers?: readonly string[];
  /** Shell scripts by the name of the tool, which capture.sh finds in /usr/local/sbin. */
  readonly tools?: Readonly<Record<string, string>>;
}

const USER = 'monitor';
const UID = 54_321;
/** crypt(3) of PASSWORD, made with `openssl passwd -6`. */
const PASSWORD = 'correct horse';
const HASH =
  '$6$pgfleettests$5pEiy4fufKkvNkdFRIo5z0p6yAFFgcayshl8g2pdHJh1m7zkvXMA446zBs0c6F1ll/7w3q5wBp9RhWCT/sAFG1';

const SUDOERS = '/etc/sudoers';
/** Whether the accounts can be given rights here. */
export const HAS_SUDO = existsSync(SUDOERS);

/** Writes the files that make the account: passwd, group, shadow, sudoers, home and tools. */
export async function makeAccount(options: AccountOptions = {}): Promise<Account> {
  const { expired = false, shell = '/bin/sh', sudoers = [], tools = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'pgfleet-account-'));
  await chmod(folder, 0o755);
  const put = async (name: string, text: string, mode: number) => {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), mode);
    return join(folder, name);
  };
  const home = join(folder, 'home');
  const toolFolder = join(folder, 'sbin');
  await mkdir(home);
  await chown(home, UID, UID);
  await mkdir(toolFolder);
  for (const [name, script] of Object.entries(tools))
    await put(`sbin/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  const also = async (file: string, line: string) => `${await readFile(file, 'utf8')}${line}\n`;
  const changed = expired ? 0 : 20_000;
  const passwd = withSshdUser(await also('/etc/passwd', `${USER}:x:${UID}:${UID}::${home}:${shell}`));
  const sudoersBind = [await put('sudoers', `${sudoers.join('\n')}\n`, 0o440), SUDOERS] as const;
  return {
    user: USER,
    password: PASSWORD,
    folder,
    home,
    binds: [
      [await put('passwd', passwd, 0o644), '/etc/passwd'],
      [await put('group', await also('/etc/group', `${USER}:x:${UID}:`), 0o644), '/etc/group'],
      [
        await put('shadow', await also('/etc/shadow', `${USER}:${HASH}:${changed}:0:99999:7:::`), 0o640),
        '/etc/shadow',
      ],
      ...(HAS_SUDO ? [sudoersBind] : []),
      [toolFolder, '/usr/local/sbin'],
    ],
  };
}

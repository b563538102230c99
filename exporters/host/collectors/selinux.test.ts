import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './selinux.ts';

it('exports the mode now and after the next boot', () => {
  const selinux = `/sys/fs/selinux/enforce\t1
/etc/selinux/config\t# SELINUX= can take one of these values
/etc/selinux/config\tSELINUX=permissive
/etc/selinux/config\tSELINUXTYPE=targeted
`;

  expect(collect(collector, { selinux })).toEqual([
    'node_selinux_enabled 1',
    'node_selinux_current_mode 1',
    'node_selinux_config_mode 0',
  ]);
});

it('says that it is not in use, and nothing of a capture that did not look', () => {
  expect(collect(collector, { selinux: { status: 'absent' } })).toEqual(['node_selinux_enabled 0']);
  expect(collect(collector, {})).toEqual([]);
});

/**
 * Source: /sys/class/net/<bond>/bonding/slaves and <bond>/{lower,slave}_<nic>/bonding_slave/mii_status,
 *         https://docs.kernel.org/networking/bonding.html
 * Shape:  "eth0 eth1"; "up"
 * Units:  members
 * Needs:  nothing   Cost: one file per bond and one per member
 * Absent when: there is no bond. Before Linux 3.13 a member's own operational state stands for its link
 */
import { gauge } from '../../../lib/metric.ts';
import { filesOf, type HostCollector } from '../host-collector.ts';

const slaves = gauge('node_bonding_slaves', 'Members the bond is made of.', ['master']);
const active = gauge('node_bonding_active', 'Members of the bond whose link is up.', ['master']);

const MEMBERS = /^\/sys\/class\/net\/(?<master>[^/]+)\/bonding\/slaves$/;
const LINK =
  /^\/sys\/class\/net\/(?<master>[^/]+)\/(?:lower|slave)_(?<member>[^/]+)\/bonding_slave\/mii_status$/;
const STATE = /^\/sys\/class\/net\/(?<member>[^/]+)\/operstate$/;

export const collector = {
  name: 'bonding',
  help: 'How many members of a network bond work: one less costs nothing today and everything tomorrow.',
  metrics: [slaves, active],
  sections: ['bonding'],
  tier: 'fast',
  *samples({ section }) {
    const links = new Map<string, string>();
    for (const { groups, line } of filesOf(section('bonding'), LINK))
      if (line !== undefined) links.set(`${groups['master']}/${groups['member']}`, line);
    let states: ReadonlyMap<string, string | undefined> | undefined;
    for (const { groups, line } of filesOf(section('bonding'), MEMBERS)) {
      const { master = '' } = groups;
      const members = (line ?? '').split(' ').filter((member) => member !== '');
      const known = members.map((member) => {
        const link = links.get(`${master}/${member}`);
        if (link !== undefined) return link;
        states ??= new Map(
          [...filesOf(section('netclass'), STATE)].map((file) => [file.groups['member'] ?? '', file.line]),
        );
        return states.get(member);
      });
      yield slaves({ master }, members.length);
      // One member nobody knows of makes the count unknown, not smaller.
      if (!known.includes(undefined))
        yield active({ master }, known.filter((state) => state === 'up').length);
    }
  },
} satisfies HostCollector;

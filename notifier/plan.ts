import type { Channel, ChannelType } from './channel.ts';
import type { LaneOfRobot } from './channel-health.ts';
import type { NotifyConfig } from './config.ts';
import type { Language } from './message.ts';
import { secretsIn } from './redact.ts';

/** A channel ready to use. */
export interface OpenChannel {
  readonly name: string;
  readonly type: string;
  readonly language: Language;
  /** The name under which the rate of its robot is kept: that of the first channel with the same robot. */
  readonly robot: string;
  readonly channel: Channel;
  /** What must not appear in any text about it. */
  readonly secrets: readonly string[];
}

/** The configuration with its channels opened: what a reload swaps as one. */
export interface Plan {
  readonly config: NotifyConfig;
  readonly channels: ReadonlyMap<string, OpenChannel>;
}

/** Opens every configured channel; does no IO. */
export function makePlan(config: NotifyConfig, types: readonly ChannelType[], language: Language): Plan {
  const channels = new Map<string, OpenChannel>();
  for (const entry of config.channels) {
    const type = types.find((candidate) => candidate.type === entry.type);
    // The schema was made of the same list, so every type is known.
    if (type === undefined) continue;
    const channel = type.open(entry);
    const sharing = [...channels.values()].find((other) => other.channel.robot === channel.robot);
    channels.set(entry.name, {
      name: entry.name,
      type: entry.type,
      language: entry.language ?? language,
      robot: sharing?.robot ?? entry.name,
      channel,
      secrets: secretsIn(entry),
    });
  }
  return { config, channels };
}

/** A lane with the rates that hold for it. */
export function laneOf({ name, robot, channel }: OpenChannel, recipient: string): LaneOfRobot {
  return {
    robot,
    channel: name,
    recipient,
    rate: channel.limits.rate,
    recipientRate: channel.limits.recipientRate ?? [],
  };
}

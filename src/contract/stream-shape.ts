import Type, { type TSchema } from 'typebox';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Event } from '../engine/event.ts';
import { parseJson } from './json-text.ts';
import { Id } from './scalars.ts';
import { parseShape } from './shape.ts';

/** What can be followed: every event, or those of one kind of business; or the margin report of one account. */
export const CHANNELS = ['events', 'calls', 'liquidations', 'breakers', 'market', 'reports'] as const;
export type Channel = (typeof CHANNELS)[number];

const Name = Type.Union(CHANNELS.map((channel) => Type.Literal(channel)));
const act = (word: 'subscribe' | 'unsubscribe'): TSchema =>
  Type.Object(
    { act: Type.Literal(word), channel: Name, account: Type.Optional(Id) },
    { additionalProperties: false },
  );

/** What a client says on a stream. `account` is needed for reports and narrows every other channel down. */
const StreamSchema: TSchema = Type.Union([act('subscribe'), act('unsubscribe')]);

export type StreamRequest = {
  readonly act: 'subscribe' | 'unsubscribe';
  readonly channel: Channel;
  readonly account: string | null;
};

/** Parses a message of a client. Refuses MALFORMED_JSON and what the shape refuses. */
export function parseStreamRequest(text: string): StreamRequest | Failure {
  const document = parseJson(text, 'message');
  if (isFailure(document)) return document;
  const checked = parseShape(StreamSchema, document.value, 'message');
  if (isFailure(checked)) return checked;
  const {
    act: asked,
    channel,
    account = null,
  } = checked as Omit<StreamRequest, 'account'> & {
    account?: string;
  };
  return { act: asked, channel, account };
}

const KINDS: Readonly<Record<Exclude<Channel, 'events' | 'reports'>, readonly Event['kind'][]>> = {
  calls: ['HealthChanged', 'MarginCallIssued', 'MarginCallClosed'],
  liquidations: ['LiquidationOpened', 'LiquidationStepped'],
  breakers: ['BreakerChanged', 'OverrideRecorded'],
  market: ['MarketRevised'],
};

/** Whether an event belongs on a channel. */
export function isOnChannel(event: Event, channel: Channel): boolean {
  if (channel === 'events') return true;
  return channel !== 'reports' && KINDS[channel].includes(event.kind);
}

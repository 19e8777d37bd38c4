import { isFailure } from '../base/failure.ts';
import { COMMANDS, parseCommand, WIRE_KINDS, type WireKind } from '../contract/commands.ts';
import { toEventJson } from '../contract/event-json.ts';
import { toIsoTime } from '../contract/scalars.ts';
import { namesOf } from '../contract/state-json.ts';
import { ERRORS } from '../base/catalogue.ts';
import { accountsOfCommand, COMMAND_ACCESS, commandRoute } from './access.ts';
import { type Call, refuseForeign, type Route } from './call.ts';
import { eventFor } from './visibility.ts';

/** One route for each command that may come over the wire. */
export const COMMAND_ROUTES: readonly Route[] = WIRE_KINDS.map((kind) => ({
  id: commandRoute(kind),
  about: COMMANDS[kind].about,
  reaches: COMMAND_ACCESS[kind],
  body: COMMANDS[kind].shape,
  answer: (call) => command(kind, call),
}));

/** Parses, checks ownership, waits until it is durable and applied, and tells what came of it. */
async function command(kind: WireKind, call: Call): Promise<unknown> {
  const { service, principal, sees, reply } = call;
  const { state, sequencer } = service.venue;
  const names = namesOf(state);
  const parsed = parseCommand(kind, call.body, { names, by: principal.holder });
  if (isFailure(parsed)) return parsed;
  const foreign = refuseForeign(call, accountsOfCommand(parsed));
  if (foreign !== null) return foreign;
  const applied = await sequencer.submit(parsed);
  if (isFailure(applied)) return applied;
  const { seq, timeMs, events } = applied;
  const [first] = events;
  if (first?.kind === 'CommandRefused') {
    reply.status(ERRORS[first.failure.failure].status);
    return { seq, error: first.failure };
  }
  const visible = events.map((event) => eventFor(event, principal, sees)).filter((event) => event !== null);
  return {
    seq,
    time: toIsoTime(timeMs),
    events: visible.map((event) => toEventJson(event, { seq, timeMs, names })),
  };
}

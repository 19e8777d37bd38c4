import { assert, unreachable } from '../base/assert.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { bidAuction } from './auctions.ts';
import type { Command, Sequenced } from './command.ts';
import { stirBreakers } from './breakers.ts';
import { approveCredit, endCredit, grantCredit } from './credit.ts';
import { dissolveSettled } from './debts.ts';
import type { Event } from './event.ts';
import { settleExpiry } from './expiry.ts';
import { applyFill } from './fills.ts';
import { degradedIds, passTime, takeFrame } from './frames.ts';
import { settleFunding } from './funding.ts';
import { enforceDeadlines, watchHealth } from './health-watch.ts';
import { isolatePosition } from './isolate.ts';
import { stepLiquidation } from './liquidate.ts';
import { setAccountMode } from './mode.ts';
import { deposit, transfer, withdraw } from './movements.ts';
import { listOneAsset, listOneInstrument, openAccount, openVenue, refuseClosed } from './open.ts';
import { cancelOrder, submitOrder } from './orders.ts';
import { approveOverride, endOverrides, overrideBreaker } from './overrides.ts';
import { approveParameters, enactParameters, proposeParameters } from './parameters.ts';
import { clockOf, type EngineState, type Turn } from './state.ts';

/**
 * Applies one command: the state moves on, and what happened comes back, at least one event. A command that is refused gives exactly
 * `CommandRefused` and leaves the state as it was. Sequence numbers ascend and time does not go back: the sequencer sees to it.
 */
export function apply(state: EngineState, sequenced: Sequenced): Event[] {
  const { seq, timeMs, command } = sequenced;
  assert(seq > state.seq, 'commands come in the order of their sequence numbers');
  state.seq = seq;
  const events: Event[] = [];
  const lagMs = command.kind === 'Tick' ? (command.lagMs ?? null) : null;
  const fresh = { touched: new Set<number>(), watchAll: false, revised: null, stirred: false };
  const turn: Turn = { state, seq, timeMs, events, lagMs, ...fresh };
  const refused = judgeTime(state, timeMs) ?? (command.kind === 'OpenVenue' ? null : refuseClosed(state));
  const failure = refused ?? dispatch(turn, command);
  if (failure !== null) {
    assert(events.length === 0, 'a command that is refused has done nothing');
    return [{ kind: 'CommandRefused', command: command.kind, failure }];
  }
  finish(turn);
  assert(events.length > 0, 'every command says what it did');
  return events;
}

/** Time is whole milliseconds, not before that of the market. */
function judgeTime(state: EngineState, timeMs: number): Failure | null {
  const { marketMs } = clockOf(state);
  if (Number.isSafeInteger(timeMs) && timeMs >= marketMs) return null;
  const expected = `whole milliseconds, not before the market at ${marketMs}`;
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'timeMs', value: timeMs, expected });
}

function dispatch(turn: Turn, command: Command): Failure | null {
  switch (command.kind) {
    case 'OpenVenue':
      return openVenue(turn, command);
    case 'ListAsset':
      return listOneAsset(turn, command.asset);
    case 'ListInstrument':
      return listOneInstrument(turn, command.product);
    case 'OpenAccount':
      return openAccount(turn, command);
    case 'SetAccountMode':
      return setAccountMode(turn, command);
    case 'Deposit':
      return deposit(turn, command);
    case 'Withdraw':
      return withdraw(turn, command);
    case 'Transfer':
      return transfer(turn, command);
    case 'IsolatePosition':
      return isolatePosition(turn, command);
    case 'SubmitOrder':
      return submitOrder(turn, command);
    case 'CancelOrder':
      return cancelOrder(turn, command);
    case 'Fill':
      return applyFill(turn, command);
    case 'MarketFrame':
      return takeFrame(turn, command);
    case 'SettleFunding':
      return settleFunding(turn, command);
    case 'SettleExpiry':
      return settleExpiry(turn, command);
    case 'ProposeParameters':
      return proposeParameters(turn, command);
    case 'ApproveParameters':
      return approveParameters(turn, command);
    case 'GrantCredit':
      return grantCredit(turn, command);
    case 'ApproveCredit':
      return approveCredit(turn, command);
    case 'OverrideBreaker':
      return overrideBreaker(turn, command);
    case 'ApproveOverride':
      return approveOverride(turn, command);
    case 'BidAuction':
      return bidAuction(turn, command);
    case 'LiquidationStep':
      return stepLiquidation(turn, command);
    case 'Tick':
      return tick(turn);
    default:
      return unreachable(command);
  }
}

/** Everything that only time brings about, in this order. */
function tick(turn: Turn): null {
  turn.events.push({ kind: 'Ticked' });
  turn.stirred = true;
  passTime(turn);
  enactParameters(turn);
  endCredit(turn);
  endOverrides(turn);
  enforceDeadlines(turn);
  return null;
}

/** What follows from every command: health of whom it may matter to, the revision it made, breakers, sleeves that are done. */
function finish(turn: Turn): void {
  const { state, events } = turn;
  const place = events.length;
  const counts = watchHealth(turn);
  if (turn.revised !== null) {
    const { revision } = clockOf(state);
    const degraded = [...degradedIds(state), ...turn.revised.rejected];
    events.splice(place, 0, { kind: 'MarketRevised', revision, degraded, ...counts });
  }
  if (turn.revised !== null || turn.stirred) stirBreakers(turn);
  dissolveSettled(turn);
}

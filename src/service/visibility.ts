import { accountsOf } from '../contract/event-json.ts';
import type { Event } from '../engine/event.ts';
import { accountAt, accountIndex, type EngineState } from '../engine/state.ts';
import type { Principal } from './keys.ts';

/** Whether an account is within somebody's reach; for sleeves the account that they belong to. */
export type Sees = (account: string) => boolean;

const everything: Sees = () => true;

/** What a principal sees: an owner's key what belongs to the owner, every other key everything. */
export function sightOf(principal: Principal, state: EngineState): Sees {
  const { scope, owner } = principal;
  if (scope !== 'owner') return everything;
  return (account) => {
    const index = accountIndex(state, account);
    return index !== null && owner !== null && accountAt(state, index).owner === owner;
  };
}

/** Events that are about nobody in particular and no secret of the venue. */
const PUBLIC: ReadonlySet<Event['kind']> = new Set([
  'VenueOpened',
  'AssetListed',
  'InstrumentListed',
  'MarketRevised',
  'BreakerChanged',
  'ParametersChanged',
  'FundingSettled',
  'InstrumentSettled',
]);

/**
 * An event as a principal may read it, or null. An owner reads what is about the owner's accounts, without the other sides of it, and what
 * is public; everybody else reads all.
 */
export function eventFor(event: Event, principal: Principal, sees: Sees): Event | null {
  if (principal.scope !== 'owner') return event;
  if (PUBLIC.has(event.kind)) return event;
  if (!accountsOf(event).some(sees)) return null;
  if (event.kind === 'Posted') {
    return { ...event, postings: event.postings.filter(({ account }) => sees(account)) };
  }
  if (event.kind !== 'LiquidationStepped') return event;
  const trades = event.receipt.trades.map((trade) => ({
    ...trade,
    counterparty: trade.counterparty !== null && sees(trade.counterparty) ? trade.counterparty : null,
  }));
  return { ...event, receipt: { ...event.receipt, trades } };
}

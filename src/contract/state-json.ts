import { type Price } from '../market/market.ts';
import type { AccountDoc, InstrumentDoc, PriceDoc } from '../engine/documents.ts';
import { type EngineState, accountAt, accountIndex, clockOf, parametersOf } from '../engine/state.ts';
import { HOUSE, rowBalances } from '../ledger/ledger.ts';
import { toDecimal } from '../base/amount.ts';
import type { Names } from './command-wire.ts';
import { toAmount, toQuantity } from './event-json.ts';
import { toPlainJson } from './plain-json.ts';
import { toIsoTime } from './scalars.ts';

/** What a venue has listed, for parsers and printers of exact amounts. */
export function namesOf({ tables }: EngineState): Names {
  return {
    placesOf: (asset) => tables.assets.items[tables.assets.indexOf.get(asset) ?? -1]?.asset.places ?? null,
    settleOf: (instrument) =>
      tables.instruments.items[tables.instruments.indexOf.get(instrument) ?? -1]?.product.settle ?? null,
  };
}

type Balances = Readonly<Record<string, string>>;

/** Non-zero balances of a row of the books, in plain decimals. */
function balancesOf({ ledger }: EngineState, id: string): Balances {
  const balances = rowBalances(ledger, ledger.rowOf.get(id)!);
  return Object.fromEntries(balances.map(({ asset, atoms }) => [asset.id, toDecimal(atoms, asset.places)]));
}

export type PositionJson = {
  readonly account: string;
  readonly instrument: string;
  readonly quantity: string;
  readonly cost: string;
  /** Collateral set aside for this position alone; null where it shares the pool. */
  readonly isolated: Balances | null;
};

/** Positions of an account, those margined alone after the others. */
export function toPositionsJson(state: EngineState, doc: AccountDoc): PositionJson[] {
  const names = namesOf(state);
  const own = [doc, ...doc.sleeves.map((id) => accountAt(state, accountIndex(state, id)!))];
  return own.flatMap((holder) =>
    holder.positions.map(({ instrument, quantityAtoms, costAtoms }) => ({
      account: doc.id,
      instrument,
      quantity: toQuantity(quantityAtoms),
      cost: toAmount(costAtoms, names.settleOf(instrument)!, names),
      isolated: holder === doc ? null : balancesOf(state, holder.id),
    })),
  );
}

export type AccountJson = {
  readonly account: string;
  readonly client: string;
  readonly owner: string;
  readonly mode: string;
  readonly health: string;
  readonly balances: Balances;
  readonly positions: readonly PositionJson[];
  readonly orders: readonly {
    readonly id: string;
    readonly instrument: string;
    readonly quantity: string;
    readonly price: number;
    readonly reduceOnly: boolean;
  }[];
  readonly credit: readonly object[];
  readonly call: object | null;
  readonly liquidation: object | null;
};

/** An account as it is held: exact amounts as plain decimals. */
export function toAccountJson(state: EngineState, doc: AccountDoc): AccountJson {
  const { id, client, owner, mode, health, orders, credit, call, liquidation } = doc;
  return {
    account: id,
    client,
    owner,
    mode,
    health,
    balances: balancesOf(state, id),
    positions: toPositionsJson(state, doc),
    orders: orders.map(({ quantityAtoms, ...order }) => ({ ...order, quantity: toQuantity(quantityAtoms) })),
    credit: credit.map(({ expiryMs, ...line }) => ({ ...line, expires: toIsoTime(expiryMs) })),
    call: call === null ? null : toCallJson(call),
    liquidation: liquidation === null ? null : (toPlainJson(liquidation) as object),
  };
}

function toCallJson({ issuedMs, deadlineMs, ...rest }: NonNullable<AccountDoc['call']>): object {
  return { ...rest, issued: toIsoTime(issuedMs), deadline: toIsoTime(deadlineMs) };
}

/** Where the venue stands, in a few numbers; the fund and fees in plain decimals. */
export function toVenueJson(state: EngineState): object {
  const { tables } = state;
  const health: Record<string, number> = {};
  let accounts = 0;
  for (const doc of tables.accounts.items) {
    if (doc.parent !== null) continue;
    accounts += 1;
    health[doc.health] = (health[doc.health] ?? 0) + 1;
  }
  const venue = tables.venue.items[0];
  const { revision, marketMs } = clockOf(state);
  return {
    venue: venue?.venue ?? null,
    opened: venue === undefined ? null : toIsoTime(venue.openedMs),
    seq: state.seq,
    market: { revision, time: toIsoTime(marketMs) },
    accounts,
    health,
    calls: state.called.size,
    liquidations: state.liquidating.size,
    breaker: tables.breakers.items[tables.breakers.indexOf.get('venue') ?? -1]?.breaker.inForce ?? 'normal',
    insuranceFund: venue === undefined ? {} : balancesOf(state, HOUSE.insurance),
    fees: venue === undefined ? {} : balancesOf(state, HOUSE.fee),
  };
}

/** The market of the moment: what everything is valued at. */
export function toMarketJson(state: EngineState): object {
  const { tables, market } = state;
  const { revision, marketMs } = clockOf(state);
  return {
    revision,
    time: toIsoTime(marketMs),
    assets: tables.assets.items.map(({ asset, price, averageValue, redemptionValue }) => ({
      ...asset,
      index: toPriceJson(price, market?.assets.get(asset.id)?.index),
      averageValue: averageValue === 0 ? null : averageValue,
      redemptionValue,
    })),
    instruments: tables.instruments.items.map((doc) => toInstrumentJson(state, doc)),
    underlyings: tables.underlyings.items.map((doc) => toPlainJson(doc)),
  };
}

function toInstrumentJson({ market }: EngineState, doc: InstrumentDoc): object {
  const { product, fundingRate, settlementPrice } = doc;
  const { lotAtoms, ...listed } = product;
  const expiry = 'expiryMs' in product ? { expiry: toIsoTime(product.expiryMs) } : {};
  const mark = toPriceJson(doc.price, market?.quotes.get(product.id)?.mark);
  return { ...listed, ...expiry, lot: toQuantity(lotAtoms), mark, fundingRate, settlementPrice };
}

function toPriceJson(doc: PriceDoc, price: Price | undefined): object | null {
  return doc.good === null || price === undefined ? null : { ...price, sources: doc.sources.length };
}

/** Parameters in force, and every proposal with where it stands. */
export function toParametersJson(state: EngineState): object {
  const { tables } = state;
  const proposals = tables.proposals.items.map(({ proposedMs, ...doc }, i) => ({
    proposal: tables.proposals.keys[i],
    ...(toPlainJson(doc) as object),
    proposed: toIsoTime(proposedMs),
  }));
  const inForce = tables.parameters.items.length === 0 ? null : toPlainJson(parametersOf(state));
  return { inForce, proposals };
}

/** Every breaker that has ever looked, and every override. */
export function toBreakersJson({ tables }: EngineState): object {
  const breakers = tables.breakers.items.map(({ breaker }, i) => ({
    scope: tables.breakers.keys[i],
    inForce: breaker.inForce,
    level: breaker.level,
    since: toIsoTime(breaker.sinceMs),
  }));
  const overrides = tables.overrides.items.map(({ untilMs, ...doc }, i) => ({
    override: tables.overrides.keys[i],
    ...doc,
    until: toIsoTime(untilMs),
  }));
  return { breakers, overrides };
}

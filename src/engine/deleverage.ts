import { assert } from '../base/assert.ts';
import { isFailure } from '../base/failure.ts';
import {
  type BatchBook,
  type BatchClosing,
  type BatchCounterparty,
  planBatch,
} from '../liquidation/batch.ts';
import type { Derivative, InstrumentId } from '../product/product.ts';
import { closingValues, toReceiptTrade } from './bankrupt.ts';
import { worthOf } from './cost.ts';
import type { LiquidationReceipt } from './event.ts';
import { bookExchanges, type HolderExchange } from './exchange.ts';
import { withFill } from './judge-order.ts';
import { levelsAt, levelsOf, type Place } from './levels.ts';
import { markOf } from './scenarios.ts';
import { accountAt, accountIndex, ascending, type EngineState, parametersOf, type Turn } from './state.ts';
import { placesOf } from './trade.ts';
import { unitOf, valuePosition } from './unit.ts';

export type Deleveraged = {
  readonly trades: LiquidationReceipt['trades'];
  readonly overshootLots: number;
};

/**
 * Deleverages the counterparties of all given accounts at once (LIQUIDATION-016 to 020), at bankruptcy values, under the venue's policy: one
 * batch, so that the result does not depend on who came first. Gives what was done for each account.
 */
export function deleverage(turn: Turn, indices: readonly number[], place: Place): Map<number, Deleveraged> {
  const { state } = turn;
  const done = new Map<number, Deleveraged>(
    indices.map((index) => [index, { trades: [], overshootLots: 0 }]),
  );
  const closing: BatchClosing[] = [];
  for (const index of indices) {
    const values = closingValues(state, unitOf(state, index), place);
    if (isFailure(values)) continue;
    for (const { product, quantityAtoms, valueAtoms } of values) {
      closing.push({
        account: accountAt(state, index).id,
        instrument: product.id,
        side: quantityAtoms > 0n ? 'long' : 'short',
        quantityAtoms: quantityAtoms > 0n ? quantityAtoms : -quantityAtoms,
        valueAtoms,
      });
    }
  }
  const instruments = [...new Set(closing.map((one) => one.instrument))].sort();
  const books = instruments.map((id) => bookOfInstrument(state, id, place));
  const { deleveraging } = parametersOf(state).rules.liquidation;
  const marginAfter = deleveraging === 'hedge-aware' ? marginChanges(state, place) : null;
  const batch = planBatch(deleveraging, { closing, books, marginAfter });
  if (isFailure(batch)) return done;
  for (const id of instruments) {
    const plans = batch.plans.filter((plan) => plan.instrument === id);
    const crosses = batch.crosses.filter((cross) => cross.instrument === id);
    const exchanges = [...plans.flatMap((plan) => [...plan.closes, ...plan.fills]), ...crosses]
      .filter((one) => one.quantityAtoms !== 0n)
      .map(({ account, quantityAtoms, valueAtoms }): HolderExchange => {
        return { index: accountIndex(state, account)!, quantityAtoms, valueAtoms };
      });
    assert(
      plans.every((plan) => plan.residual.quantityAtoms === 0n),
      'positions are whole lots, so nothing is left between counterparties',
    );
    const product = place.market.products.get(id)! as Derivative;
    bookExchanges(turn, product, { id: `deleveraging ${id} ${turn.seq}`, why: 'deleveraging', exchanges });
    const overshootLots = plans.reduce((sum, plan) => sum + plan.overshootLots, 0);
    for (const exchange of exchanges) note(state, done, { exchange, product, overshootLots });
  }
  return done;
}

function note(
  state: EngineState,
  done: Map<number, Deleveraged>,
  of: { readonly exchange: HolderExchange; readonly product: Derivative; readonly overshootLots: number },
): void {
  const { exchange, product, overshootLots } = of;
  const before = done.get(exchange.index);
  if (before === undefined) return;
  const trade = toReceiptTrade(state, product, { ...exchange, counterparty: null });
  done.set(exchange.index, {
    trades: [...before.trades, trade],
    overshootLots: Math.max(before.overshootLots, overshootLots),
  });
}

function bookOfInstrument(state: EngineState, id: InstrumentId, place: Place): BatchBook {
  const product = place.market.products.get(id)! as Derivative;
  const longs: BatchCounterparty[] = [];
  const shorts: BatchCounterparty[] = [];
  for (const index of ascending(state.holders.get(id) ?? [])) {
    const doc = accountAt(state, index);
    const position = doc.positions.find((p) => p.instrument === id)!;
    if (doc.liquidation !== null) continue;
    const valued = valuePosition(position, place.market, place.scenarios);
    const levels = levelsAt(state, index);
    if (isFailure(valued) || isFailure(levels)) continue;
    const quantityAtoms = position.quantityAtoms < 0n ? -position.quantityAtoms : position.quantityAtoms;
    const isLong = position.quantityAtoms > 0n;
    (isLong ? longs : shorts).push({
      account: doc.id,
      quantityAtoms,
      unrealisedUsd: valued.unrealisedUsd,
      entryUsd: Math.abs(valued.unrealisedUsd - valued.quantity * valued.contract.valueUsd),
      leverage: levels.equityUsd > 0 ? valued.notionalUsd / levels.equityUsd : 0,
    });
  }
  const mark = markOf(place.scenarios, place.market, product);
  const places = placesOf(state, product.settle);
  const lot = { quantityAtoms: product.lotAtoms, places };
  const markLotAtoms = isFailure(mark) ? 0n : worthOf(product, { ...lot, price: mark.mark }).down;
  return { instrument: id, lotAtoms: product.lotAtoms, markLotAtoms, longs, shorts };
}

/** Change of an account's maintenance by trades at the mark; no change is known where it cannot be valued. */
function marginChanges(
  state: EngineState,
  place: Place,
): (
  account: string,
  trades: readonly { readonly instrument: InstrumentId; readonly quantityAtoms: bigint }[],
) => number {
  return (account, trades) => {
    const index = accountIndex(state, account)!;
    const now = levelsAt(state, index);
    let after = unitOf(state, index);
    for (const { instrument, quantityAtoms } of trades) {
      const product = place.market.products.get(instrument)! as Derivative;
      const mark = markOf(place.scenarios, place.market, product);
      if (isFailure(mark)) return Infinity;
      after = withFill(state, after, { product, quantityAtoms, price: mark.mark });
    }
    const then = levelsOf(state, after, place);
    return isFailure(now) || isFailure(then) ? Infinity : then.maintenanceUsd - now.maintenanceUsd;
  };
}

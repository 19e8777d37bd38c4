import { assert } from '../base/assert.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { bankruptcyValues, priceOfValue } from '../liquidation/bankruptcy.ts';
import { worthOf } from './cost.ts';
import type { Derivative, InstrumentId } from '../product/product.ts';
import type { LiquidationReceipt } from './event.ts';
import type { Place } from './levels.ts';
import { levelsOf, valueUnit } from './levels.ts';
import { unitReport } from './reports.ts';
import { type EngineState, parametersOf } from './state.ts';
import { placesOf } from './trade.ts';
import { type Unit, withBalance } from './unit.ts';
import { applyTrade, withPosition } from './position.ts';

/** One position at the value that leaves its account nothing, signed as the position is. */
export type ClosingValue = {
  readonly product: Derivative;
  readonly quantityAtoms: bigint;
  readonly valueAtoms: bigint;
};

/** What everything an account has would fetch at today's prices, USD: no haircut, no credit. */
export function grossUsd(unit: Unit, place: Place): number | Failure {
  if (unit.isSleeve) return 0;
  const valued = valueUnit(unit, place);
  return isFailure(valued) ? valued : valued.pool.grossUsd;
}

/** Bankruptcy values of all positions of a unit (LIQUIDATION-014), in their order. Refuses what cannot be valued. */
export function closingValues(state: EngineState, unit: Unit, place: Place): ClosingValue[] | Failure {
  const assessed = unitReport(unit, place);
  if (isFailure(assessed)) return assessed;
  const levels = levelsOf(state, unit, place);
  if (isFailure(levels)) return levels;
  const gross = unit.isSleeve ? levels.equityUsd : grossUsd(unit, place);
  if (isFailure(gross)) return gross;
  const { market } = place;
  const marks = unit.positions.map((position) => {
    const product = market.products.get(position.instrument)! as Derivative;
    const line = assessed.report.positions.find((p) => p.instrument === position.instrument)!;
    const places = placesOf(state, product.settle);
    const size = position.quantityAtoms < 0n ? -position.quantityAtoms : position.quantityAtoms;
    const worth = worthOf(product, { price: line.mark, quantityAtoms: size, places });
    const valueAtoms = position.quantityAtoms < 0n ? -worth.up : worth.down;
    return { product, line, places, valueAtoms, quantityAtoms: position.quantityAtoms };
  });
  const values = bankruptcyValues({
    equityUsd: gross,
    distanceFracMax: parametersOf(state).rules.liquidation.distanceFracMax,
    positions: marks.map(({ product, line, places, valueAtoms }) => ({
      instrument: product.id,
      valueAtoms,
      settleUsd: market.assets.get(product.settle)!.index.value,
      settlePlaces: places,
      notionalUsd: line.notionalUsd,
      contributionUsd: line.initialUsd,
    })),
  });
  if (isFailure(values)) return values;
  return marks.map(({ product, quantityAtoms }, i) => {
    const { instrument, valueAtoms } = values.values[i]!;
    assert(instrument === product.id, 'values come in the order of the positions');
    return { product, quantityAtoms, valueAtoms };
  });
}

/** A unit after it took positions over at given values. */
export function withTakeover(unit: Unit, values: readonly ClosingValue[]): Unit {
  let after = unit;
  for (const { product, quantityAtoms, valueAtoms } of values) {
    const isCash = product.kind === 'option';
    const held = after.positions.find((p) => p.instrument === product.id);
    const costAtoms = isCash ? 0n : valueAtoms;
    const traded = applyTrade(held, { instrument: product.id, quantityAtoms, costAtoms });
    const positions = withPosition(after.positions, product.id, traded.position);
    after = withBalance({ ...after, positions }, product.settle, isCash ? -valueAtoms : traded.realisedAtoms);
  }
  return after;
}

type ReceiptTrade = LiquidationReceipt['trades'][number];

/** A change of hands as its receipt shows it: at a price in the product's own unit. */
export function toReceiptTrade(
  state: EngineState,
  product: Derivative,
  of: { readonly quantityAtoms: bigint; readonly valueAtoms: bigint; readonly counterparty: string | null },
): ReceiptTrade {
  const { quantityAtoms, valueAtoms, counterparty } = of;
  const instrument: InstrumentId = product.id;
  const amount = { valueAtoms, quantityAtoms, settlePlaces: placesOf(state, product.settle) };
  const price = valueAtoms === 0n ? 0 : priceOfValue(product, amount);
  return { instrument, quantityAtoms, price, counterparty };
}

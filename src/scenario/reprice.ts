import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import { viewProduct } from '../pricer/view.ts';
import type { Product } from '../product/product.ts';
import { NUMERAIRE } from './groups.ts';
import { futureRow } from './future-row.ts';
import { type OptionCase, optionRows } from './option-rows.ts';
import type { PnlMatrix, ScenarioSet } from './set.ts';
import { growthOf, indexShocks, type RuledSet, type Shocks } from './shocks.ts';

/**
 * Fully revalues every contract and every asset in every scenario (SCENARIO-003): one row of P&L in USD each, of one contract long or one unit
 * held, under the id of the instrument or asset. Spot pairs have no row: holdings of them are balances.
 *
 * The shock is instantaneous: no time passes. A P&L is a change of value in the settlement asset, turned into USD at the scenario's
 * own price of that asset. Base values come from the same forward and surface as the shocked ones, so a scenario without shocks
 * gives exactly 0. The surface moves with the forward (sticky moneyness): a strike's new volatility is the surface's at
 * ln(K / F′), times one plus the volatility shock, plus the skew shock, because the volatility factors are changes of at-the-money
 * volatility. A perpetual moves with its index; its basis to it stays.
 * Refuses FACTOR_MISSING where the set does not move a price or volatility that something hangs on (fiat USD never moves),
 * DUPLICATE_ID where an instrument has the id of an asset, and what {@link viewProduct} and {@link indexShocks} refuse.
 */
export function repriceAll(
  products: Iterable<Product>,
  market: Market,
  set: ScenarioSet | RuledSet,
): PnlMatrix | Failure {
  const shocks = indexShocks(set);
  if (isFailure(shocks)) return shocks;
  const rows = new Map<string, Float64Array>();
  for (const [id, quote] of market.assets) {
    const row = assetRow(id, quote.index.value, shocks);
    if (isFailure(row)) return row;
    rows.set(id, row);
  }
  const options: OptionCase[] = [];
  for (const product of products) {
    if (product.kind === 'spot') continue;
    if (rows.has(product.id)) {
      return refuse('DUPLICATE_ID', {
        field: 'products',
        value: product.id,
        expected: 'an id that no asset has',
      });
    }
    const view = viewProduct(product, market);
    if (isFailure(view)) return view;
    if (product.kind === 'option') {
      const surface = market.underlyings.get(product.underlying)?.surface ?? null;
      options.push({ product, view, surface, timeMs: market.timeMs });
      rows.set(product.id, EMPTY);
      continue;
    }
    const row = futureRow(product, view, shocks);
    if (isFailure(row)) return row;
    rows.set(product.id, row);
  }
  const priced = optionRows(options, shocks);
  if (isFailure(priced)) return priced;
  for (const [i, { product }] of options.entries()) rows.set(product.id, priced[i]!);
  return finish(rows, shocks);
}

/** Holds the place of an option's row, in the order of the products, until all options are priced together. */
const EMPTY: Float64Array = new Float64Array(0);

function assetRow(asset: string, indexUsd: number, shocks: Shocks): Float64Array | Failure {
  if (asset === NUMERAIRE) return new Float64Array(shocks.set.count);
  const growth = growthOf(asset, shocks);
  return isFailure(growth) ? growth : growth.map((g) => indexUsd * (g - 1));
}

/** Applies the set's P&L factors and checks that every number is one. */
function finish(rows: Map<string, Float64Array>, shocks: Shocks): PnlMatrix | Failure {
  const { count, names } = shocks.set;
  const scales = shocks.rules.pnlScales;
  for (const [id, row] of rows) {
    for (let s = 0; s < count; s += 1) {
      if (scales !== null) row[s] = row[s]! * scales[s]!;
      if (Number.isFinite(row[s])) continue;
      const field = `${id} in ${names[s] ?? s}`;
      return refuse('NUMBER_NOT_FINITE', { field, value: row[s], expected: 'a finite P&L' });
    }
  }
  return { count, rows };
}

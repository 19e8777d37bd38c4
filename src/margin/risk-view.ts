import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Level } from '../base/level.ts';
import type { Pool } from '../collateral/pool.ts';
import type { AssetId, InstrumentId } from '../product/product.ts';
import type { PnlMatrix, ScenarioSet } from '../scenario/set.ts';
import type { ScenarioView } from './report.ts';
import { type Tail, selectTail, shortfallOf, worstScenarios } from './tail.ts';
import type { ValuedPosition } from './valued-book.ts';

/** One scenario set with the P&L of one unit of everything that a book may hold, in USD. */
export type RiskView = {
  readonly set: ScenarioSet;
  /** Rows by instrument and by asset. */
  readonly matrix: PnlMatrix;
};

export type ViewId = 'historical' | 'filtered' | 'monte-carlo' | 'stress';

/** The scenario sets that the tail methods read, built once per market. */
export type RiskModel = ReadonlyMap<ViewId, RiskView>;

/** One position's or collateral asset's P&L over all scenarios, in USD. */
export type Part = {
  readonly kind: 'position' | 'collateral';
  readonly id: InstrumentId | AssetId;
  readonly underlying: AssetId;
  readonly pnl: Float64Array;
};

export type Exposure = { readonly parts: readonly Part[]; readonly total: Float64Array };

/** Scales the rows of a view into the account's parts and sums them in order (SCENARIO-001). Refuses what has no row. */
export function toExposure(
  view: RiskView,
  positions: readonly ValuedPosition[],
  pool: Pool,
): Exposure | Failure {
  const parts: Part[] = [];
  for (const { product, quantity } of positions) {
    const row = view.matrix.rows.get(product.id);
    if (row === undefined) return missingRow(product.id);
    parts.push({
      kind: 'position',
      id: product.id,
      underlying: product.underlying,
      pnl: scaled(row, quantity),
    });
  }
  for (const { asset, simulatedAmount } of pool.lines) {
    if (simulatedAmount === 0) continue;
    const row = view.matrix.rows.get(asset);
    if (row === undefined) return missingRow(asset);
    parts.push({ kind: 'collateral', id: asset, underlying: asset, pnl: scaled(row, simulatedAmount) });
  }
  return { parts, total: sumOf(parts, view.set.count) };
}

function missingRow(id: string): Failure {
  return refuse('PRICE_MISSING', { field: `scenarios.${id}`, value: id, expected: 'a scenario row for it' });
}

function scaled(row: Float64Array, by: number): Float64Array {
  const out = new Float64Array(row.length);
  for (let s = 0; s < row.length; s++) out[s] = by * row[s]!;
  return out;
}

/** Sum of the parts' vectors, in the order of the parts. */
export function sumOf(parts: readonly Part[], count: number): Float64Array {
  const total = new Float64Array(count);
  for (const { pnl } of parts) {
    for (let s = 0; s < count; s++) total[s] = total[s]! + pnl[s]!;
  }
  return total;
}

/** A tail measure of one exposure with its Euler parts, which sum to it. `risk` may be negative: a sure gain. */
export type TailRisk = { readonly risk: number; readonly byPart: Float64Array };

/**
 * ES (mean over the tail) or VaR (the last scenario of the tail) of an exposure, split by part: each part's own mean over
 * the same scenarios (Euler; Tasche 1999). Refuses a vector that is not finite.
 */
export function measureTail(
  exposure: Exposure,
  measure: { readonly measure: 'es' | 'var'; readonly level: Level },
): TailRisk | Failure {
  const selected = selectTail(exposure.total, measure.level);
  if (isFailure(selected)) return selected;
  const tail = measure.measure === 'es' ? selected : lastOf(selected);
  const byPart = Float64Array.from(exposure.parts, (part) => shortfallOf(part.pnl, tail));
  return { risk: byPart.reduce((sum, x) => sum + x, 0), byPart };
}

function lastOf(tail: Tail): Tail {
  const scenarios = tail.scenarios.slice(tail.scenarios.length - 1);
  return { scenarios, weights: Float64Array.of(1), size: 1 };
}

const WORST_SHOWN = 5;

/** The distribution of an exposure for the report: VaR, ES, the worst scenarios by name. */
export function viewScenarios(view: RiskView, exposure: Exposure, level: Level): ScenarioView | Failure {
  const es = measureTail(exposure, { measure: 'es', level });
  if (isFailure(es)) return es;
  const valueAtRisk = measureTail(exposure, { measure: 'var', level });
  if (isFailure(valueAtRisk)) return valueAtRisk;
  const { set } = view;
  const worst = [...worstScenarios(exposure.total, WORST_SHOWN)];
  return {
    setId: set.id,
    family: set.family,
    count: set.count,
    confidence: level.confidence,
    varUsd: valueAtRisk.risk,
    esUsd: es.risk,
    worst: worst.map((s) => ({ name: set.names[s]!, pnlUsd: exposure.total[s]! })),
    pnl: exposure.total,
  };
}

import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { countTail, type Level, parseLevel, type TailCount } from '../base/level.ts';
import type { Market } from '../market/market.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { RiskModel, RiskView, ViewId } from '../margin/risk-view.ts';
import type { FittedScenarios } from '../margin/scenario-sets.ts';
import { type ContractMark, markContract } from '../pricer/mark.ts';
import type { Derivative, InstrumentId } from '../product/product.ts';
import { futureRow } from '../scenario/future-row.ts';
import { NUMERAIRE } from '../scenario/groups.ts';
import { type OptionCase, optionRows } from '../scenario/option-rows.ts';
import { growthOf, indexShocks, logGrowthOf, type Shocks } from '../scenario/shocks.ts';
import { selectWorst } from './tail-select.ts';

/** P&L of one unit in every scenario, USD, with what it was computed from and, once asked for, its own tails. */
export type Row = {
  readonly pnl: Float64Array;
  readonly from: RowInputs;
  /** Worst scenarios of +1 and of −1 of it. */
  long: Int32Array | null;
  short: Int32Array | null;
  /** Expected shortfall of +1 and of −1 of it, NaN before it is asked for. */
  longEs: number;
  shortEs: number;
};

/** Equal inputs give an equal row. `tauYears` and `surface` are 0 and null where a row does not depend on them. */
type RowInputs = {
  readonly forwardUsd: number;
  readonly settleUsd: number;
  readonly timeMs: number;
  readonly rate: number;
  readonly surface: object | null;
};

/** One scenario set with the rows of everything that was asked for in the market of the moment. */
export type View = {
  readonly id: ViewId;
  /** The set with rows that depend on the set alone; `at` adds those that depend on the time of the market. */
  readonly base: Shocks;
  at: Shocks;
  readonly tail: TailCount;
  readonly count: number;
  readonly rows: Map<string, Row>;
};

/** The fitted sets in use, and contracts valued in the market of the moment. Rebuilt from the state at any time. */
export type Scenarios = {
  readonly fitted: FittedScenarios;
  readonly level: Level;
  /** In the order of the unified method. */
  readonly views: readonly View[];
  readonly marks: Map<InstrumentId, ContractMark | Failure>;
};

const VIEWS = ['filtered', 'monte-carlo', 'stress'] as const;

/** Prepares fitted sets for a market. Refuses a level or a set that is none. */
export function openScenarios(fitted: FittedScenarios, methodology: Methodology): Scenarios | Failure {
  const level = parseLevel(methodology.tail.level, 'methodology.tail.level');
  if (isFailure(level)) return level;
  const views: View[] = [];
  for (const id of VIEWS) {
    const set = fitted.sets.get(id)!;
    const shocks = indexShocks(set);
    if (isFailure(shocks)) return shocks;
    const base: Shocks = { ...shocks, cache: new Map() };
    for (const { asset, kind } of set.factors) {
      if (kind !== 'spot') continue;
      growthOf(asset, base);
      logGrowthOf(asset, base);
    }
    const at = { ...base, cache: new Map(base.cache) };
    views.push({ id, base, at, tail: countTail(level, set.count), count: set.count, rows: new Map() });
  }
  return { fitted, level, views, marks: new Map() };
}

/** Forgets what belongs to the market before. Rows whose inputs did not move are found again when asked for. */
export function turnPage(scenarios: Scenarios): void {
  scenarios.marks.clear();
  for (const view of scenarios.views) view.at = { ...view.base, cache: new Map(view.base.cache) };
}

/** One contract in the market of the moment, valued once. Refuses as `markContract` does. */
export function markOf(scenarios: Scenarios, market: Market, product: Derivative): ContractMark | Failure {
  const known = scenarios.marks.get(product.id);
  if (known !== undefined) return known;
  const mark = markContract(product, market);
  scenarios.marks.set(product.id, mark);
  return mark;
}

/** The row of an asset in a view. Refuses FACTOR_MISSING. */
export function assetRow(view: View, market: Market, asset: string): Row | Failure {
  const indexUsd = market.assets.get(asset)!.index.value;
  const from = { forwardUsd: indexUsd, settleUsd: 0, timeMs: 0, rate: 0, surface: null };
  const known = view.rows.get(asset);
  if (known !== undefined && sameInputs(known.from, from)) return known;
  if (asset === NUMERAIRE) return keep(view, asset, { pnl: new Float64Array(view.count), from });
  const growth = growthOf(asset, view.at);
  if (isFailure(growth)) return growth;
  return keep(view, asset, { pnl: growth.map((g) => indexUsd * (g - 1)), from });
}

/** The row of a contract in a view, `mark` being it in the market of the moment. Refuses as repricing does. */
export function contractRow(
  view: View,
  market: Market,
  of: { readonly product: Derivative; readonly mark: ContractMark },
): Row | Failure {
  const { product, mark } = of;
  const from = inputsOf(market, product, mark);
  const known = view.rows.get(product.id);
  if (known !== undefined && sameInputs(known.from, from)) return known;
  const made =
    product.kind === 'option'
      ? optionRows([toCase(market, product, mark)], view.at)
      : futureRow(product, mark.view, view.at);
  if (isFailure(made)) return made;
  return keep(view, product.id, { pnl: made instanceof Float64Array ? made : made[0]!, from });
}

/**
 * Reprices together every given contract whose inputs moved: options share one call of the kernel. What cannot be priced is left out and
 * refuses when it is asked for by itself.
 */
export function refreshRows(scenarios: Scenarios, market: Market, products: Iterable<Derivative>): void {
  const list = [...products];
  for (const view of scenarios.views) {
    const cases: OptionCase[] = [];
    const froms: RowInputs[] = [];
    for (const product of list) {
      const mark = markOf(scenarios, market, product);
      if (isFailure(mark)) continue;
      if (product.kind !== 'option') {
        contractRow(view, market, { product, mark });
        continue;
      }
      const from = inputsOf(market, product, mark);
      const known = view.rows.get(product.id);
      if (known !== undefined && sameInputs(known.from, from)) continue;
      cases.push(toCase(market, product, mark));
      froms.push(from);
    }
    const rows = optionRows(cases, view.at);
    if (isFailure(rows)) continue;
    for (const [i, pnl] of rows.entries()) keep(view, cases[i]!.product.id, { pnl, from: froms[i]! });
  }
}

/** Worst scenarios of `sign` times a row, worst first. */
export function rowTail(view: View, row: Row, sign: 1 | -1): Int32Array {
  const known = sign === 1 ? row.long : row.short;
  if (known !== null) return known;
  const { tail, count } = view;
  const signed = sign === 1 ? row.pnl : row.pnl.map((x) => -x);
  const worst = selectWorst(signed, count, tail.part > 0 ? tail.whole + 1 : tail.whole);
  if (sign === 1) row.long = worst;
  else row.short = worst;
  return worst;
}

/** Expected shortfall of `sign` times a row, USD. */
export function rowShortfall(view: View, row: Row, sign: 1 | -1): number {
  const known = sign === 1 ? row.longEs : row.shortEs;
  if (!Number.isNaN(known)) return known;
  const worst = rowTail(view, row, sign);
  const { part, size } = view.tail;
  let lost = 0;
  for (let k = 0; k < worst.length; k++) {
    const weight = part > 0 && k === worst.length - 1 ? part : 1;
    lost -= weight * sign * row.pnl[worst[k]!]!;
  }
  const shortfall = lost / size;
  if (sign === 1) row.longEs = shortfall;
  else row.shortEs = shortfall;
  return shortfall;
}

/** The rows of these instruments and all assets as the risk model that reports are made from. */
export function toRiskModel(
  scenarios: Scenarios,
  market: Market,
  products: readonly Derivative[],
): RiskModel | Failure {
  const model = new Map<ViewId, RiskView>();
  for (const view of scenarios.views) {
    const rows = new Map<string, Float64Array>();
    for (const asset of market.assets.keys()) {
      const row = assetRow(view, market, asset);
      if (isFailure(row)) return row;
      rows.set(asset, row.pnl);
    }
    for (const product of products) {
      const mark = markOf(scenarios, market, product);
      if (isFailure(mark)) return mark;
      const row = contractRow(view, market, { product, mark });
      if (isFailure(row)) return row;
      rows.set(product.id, row.pnl);
    }
    model.set(view.id, { set: view.base.set, matrix: { count: view.count, rows } });
  }
  return model;
}

function toCase(market: Market, product: Derivative & { kind: 'option' }, mark: ContractMark): OptionCase {
  const surface = market.underlyings.get(product.underlying)?.surface ?? null;
  return { product, view: mark.view, surface, timeMs: market.timeMs };
}

/** A perpetual's row depends on two prices; what has an expiry depends on the time of the market too, an option on its surface. */
function inputsOf(market: Market, product: Derivative, { view }: ContractMark): RowInputs {
  const { forwardUsd, settleUsd, rate } = view;
  const timeMs = product.kind === 'perpetual' ? 0 : market.timeMs;
  const surface =
    product.kind === 'option' ? (market.underlyings.get(product.underlying)?.surface ?? null) : null;
  return { forwardUsd, settleUsd, timeMs, rate, surface };
}

function sameInputs(a: RowInputs, b: RowInputs): boolean {
  return (
    a.forwardUsd === b.forwardUsd &&
    a.settleUsd === b.settleUsd &&
    a.timeMs === b.timeMs &&
    a.rate === b.rate &&
    a.surface === b.surface
  );
}

function keep(
  view: View,
  id: string,
  made: { readonly pnl: Float64Array; readonly from: RowInputs },
): Row | Failure {
  const bad = made.pnl.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    const field = `${id} in ${view.base.set.names[bad] ?? bad}`;
    return refuse('NUMBER_NOT_FINITE', { field, value: made.pnl[bad], expected: 'a finite P&L' });
  }
  const row = { ...made, long: null, short: null, longEs: NaN, shortEs: NaN };
  view.rows.set(id, row);
  return row;
}

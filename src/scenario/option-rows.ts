import { exp } from '../base/elementary.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { repriceJob } from '../kernel/jobs.ts';
import { createKernel, type Executor } from '../kernel/kernel.ts';
import { OPTION_FIELDS, writeOption } from '../kernel/option-record.ts';
import { createRows, paddedOf } from '../kernel/shapes.ts';
import { smileVariance, surfaceVariance, type VolatilitySurface } from '../market/surface.ts';
import { logMoneyness } from '../pricer/black76.ts';
import type { PricingView } from '../pricer/view.ts';
import type { Option } from '../product/product.ts';
import {
  derivedRow,
  forwardGrowthOf,
  growthOf,
  logForwardGrowthOf,
  logGrowthOf,
  rowOf,
  type Shocks,
  volGrowthOf,
} from './shocks.ts';

/** Beyond |k| = this many √τ the skew shock adds no more: about three standard deviations at a vol of one half. */
export const SKEW_REACH = 1.5;

/** What an option's row is made from. `surface` is null only where the option has expired at this very moment. */
export type OptionCase = {
  readonly product: Option;
  readonly view: PricingView;
  readonly surface: VolatilitySurface | null;
  readonly timeMs: number;
};

/** Options priced in one call of the kernel: their vectors and results stay within a few megabytes. */
const CHUNK = 64;

let own: Executor | null = null;

/** The kernel of this thread, made when first needed. It keeps nothing between calls. */
function threadKernel(): Executor {
  own ??= createKernel({ bytes: 1 << 22, stride: 64 });
  return own;
}

/**
 * P&L of one contract of each option, USD, in the order of `cases`: m·(V′ − V) for linear, m·(V′/F′ − V/F) coin for inverse, at the
 * settlement asset's new price. The value is discounted Black-76 for linear options and undiscounted for inverse ones, by the
 * repricing kernel or (`executor`) its twin: the same bits.
 */
export function optionRows(
  cases: readonly OptionCase[],
  shocks: Shocks,
  executor: Executor = threadKernel(),
): Float64Array[] | Failure {
  const rows: Float64Array[] = [];
  for (let from = 0; from < cases.length; from += CHUNK) {
    const mark = executor.memory.mark();
    const chunk = priceChunk(cases.slice(from, from + CHUNK), shocks, executor);
    executor.memory.release(mark);
    if (isFailure(chunk)) return chunk;
    rows.push(...chunk);
  }
  return rows;
}

/** The rows of the vector matrix that the options of a chunk share or own. */
class Vectors {
  readonly rows: Float64Array[] = [];
  readonly #places = new Map<Float64Array, number>();

  place(row: Float64Array): number {
    const known = this.#places.get(row);
    if (known !== undefined) return known;
    const place = this.rows.push(row) - 1;
    this.#places.set(row, place);
    return place;
  }
}

function priceChunk(
  cases: readonly OptionCase[],
  shocks: Shocks,
  executor: Executor,
): Float64Array[] | Failure {
  const { memory } = executor;
  const { count } = shocks.set;
  const vectors = new Vectors();
  const zeros = vectors.place(new Float64Array(count));
  const records = memory.f64(cases.length * OPTION_FIELDS);
  const settles: Float64Array[] = [];
  for (const [i, one] of cases.entries()) {
    const moves = optionMoves(one.product, one.view.tauYears, shocks);
    if (isFailure(moves)) return moves;
    settles.push(moves.settle);
    writeCase(records, i, { one, moves, vectors, zeros, volMin: shocks.rules.volMin });
  }
  const stride = paddedOf(count);
  const matrix = memory.f64(vectors.rows.length * stride);
  for (const [r, row] of vectors.rows.entries()) matrix.set(row, r * stride);
  const rows = createRows(memory, { count: cases.length, scenarios: count });
  executor.run(repriceJob(memory, { records, count: cases.length, vectors: matrix, rows }));
  return cases.map((_, i) => {
    const base = records[i * OPTION_FIELDS + 6]!;
    const settle = settles[i]!;
    const row = rows.exact.slice(i * stride, i * stride + count);
    for (let s = 0; s < count; s += 1) row[s] = row[s]! - base * (settle[s]! - 1);
    return row;
  });
}

/** How what an option's value depends on moves, per scenario. `growth` and its ln are of the forward in the unit of the strike. */
type Moves = {
  readonly growth: Float64Array;
  readonly logGrowth: Float64Array;
  readonly vol: Float64Array;
  readonly skew: Float64Array | null;
  /** 1 where skew works on |k|. */
  readonly skewForms: Uint8Array | null;
  readonly settle: Float64Array;
  /** Turns the new value into USD: growth of the settlement asset, over that of the forward for an inverse option. */
  readonly conversion: Float64Array;
};

function optionMoves(product: Option, tauYears: number, shocks: Shocks): Moves | Failure {
  const forward = forwardGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(forward)) return forward;
  const logForward = logForwardGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(logForward)) return logForward;
  const vol = volGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(vol)) return vol;
  const settle = growthOf(product.settle, shocks);
  if (isFailure(settle)) return settle;
  const rest = {
    vol,
    settle,
    skew: rowOf(shocks, product.underlying, 'skew'),
    skewForms: shocks.rules.skewForms,
  };
  const name = `${product.underlying} ${tauYears} ${product.settle}`;
  if (product.form === 'inverse') {
    const conversion = derivedRow(shocks, `inverse ${name}`, () => settle.map((g, s) => g / forward[s]!));
    return { growth: forward, logGrowth: logForward, conversion, ...rest };
  }
  const logSettle = logGrowthOf(product.settle, shocks);
  if (isFailure(logSettle)) return logSettle;
  const growth = derivedRow(shocks, `linear ${name}`, () => forward.map((g, s) => g / settle[s]!));
  const logGrowth = derivedRow(shocks, `log linear ${name}`, () =>
    logForward.map((g, s) => g - logSettle[s]!),
  );
  return { growth, logGrowth, conversion: settle, ...rest };
}

type CaseAt = {
  readonly one: OptionCase;
  readonly moves: Moves;
  readonly vectors: Vectors;
  readonly zeros: number;
  readonly volMin: number;
};

function writeCase(records: Float64Array, i: number, { one, moves, vectors, zeros, volMin }: CaseAt): void {
  const { product, view } = one;
  const inverse = product.form === 'inverse';
  const forward = inverse ? view.forwardUsd : view.forwardUsd / view.settleUsd;
  const perUnit = product.contractSize * view.settleUsd;
  const smile = { k: -logMoneyness(forward, product.strike), variance: varianceAt(one) };
  const rootTau = Math.sqrt(view.tauYears);
  const floor = volMin * rootTau;
  writeOption(records, i, {
    forward,
    strike: product.strike,
    right: product.right,
    tauYears: 1,
    vol: 1,
    skew: 0,
    rootVarianceNow: Math.max(floor, Math.sqrt(smile.variance(smile.k))),
    scale: inverse ? perUnit / forward : perUnit * exp(-view.rate * view.tauYears),
    growthRow: vectors.place(moves.growth),
    logGrowthRow: vectors.place(moves.logGrowth),
    volGrowthRow: vectors.place(deviationRow(moves, smile, { rootTau, floor })),
    skewShiftRow: zeros,
    conversionRow: vectors.place(moves.conversion),
    row: i,
  });
}

/** vol′·√τ per scenario (SCENARIO-005, SCENARIO-007): the surface's at the moved moneyness, times the vol shock, plus the skew shock, not below the floor. */
function deviationRow(
  { logGrowth, vol, skew, skewForms }: Moves,
  smile: { readonly k: number; readonly variance: (k: number) => number },
  { rootTau, floor }: { readonly rootTau: number; readonly floor: number },
): Float64Array {
  const reach = SKEW_REACH * rootTau;
  const row = new Float64Array(logGrowth.length);
  for (let s = 0; s < row.length; s += 1) {
    const k = smile.k - logGrowth[s]!;
    let deviation = Math.sqrt(smile.variance(k)) * vol[s]!;
    if (skew !== null) {
      const near = Math.min(reach, Math.max(-reach, k));
      deviation += skew[s]! * (skewForms !== null && skewForms[s] === 1 ? Math.abs(near) : near);
    }
    row[s] = Math.max(floor, deviation);
  }
  return row;
}

/** Total variance of an expiry against k, without looking the smile up again where the expiry has one of its own. */
function varianceAt({ surface, product, timeMs }: OptionCase): (k: number) => number {
  if (surface === null) return () => 0;
  const { expiryMs } = product;
  const own = surface.smiles.find((smile) => smile.expiryMs === expiryMs);
  if (own !== undefined) return (k) => smileVariance(own, k, timeMs);
  return (k) => surfaceVariance(surface, { logMoneyness: k, expiryMs, timeMs });
}

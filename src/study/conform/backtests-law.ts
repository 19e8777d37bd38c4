import { studentTCdf, studentTPdf, studentTQuantile } from '../../base/distribution.ts';
import { exp, log } from '../../base/elementary.ts';
import { normalCdf, normalPdf, normalQuantile } from '../../base/normal.ts';
import type { TailModel } from '../backtest/shortfall.ts';

/** A forecast law with unit scale: the P&L divided by its volatility. */
export type Law = {
  readonly cdf: (x: number) => number;
  readonly quantile: (u: number) => number;
  /** Mean loss below the quantile at `u`. */
  readonly shortfall: (u: number) => number;
};

const NORMAL: Law = {
  cdf: normalCdf,
  quantile: normalQuantile,
  shortfall: (u) => normalPdf(normalQuantile(u)) / u,
};

function studentLaw(freedom: number, scale: number): Law {
  return {
    cdf: (x) => studentTCdf(x / scale, freedom),
    quantile: (u) => scale * studentTQuantile(u, freedom),
    shortfall: (u) => {
      const q = studentTQuantile(u, freedom);
      return ((scale * studentTPdf(q, freedom)) / u) * ((freedom + q * q) / (freedom - 1));
    },
  };
}

/** The law that a model name stands for (`normal`, `t5`, `t5 scaled to unit variance`); null for any other. */
export function parseLaw(model: string): Law | null {
  if (model === 'normal') return NORMAL;
  const match = /^t(\d+(?:\.\d+)?)( scaled to unit variance)?$/.exec(model);
  const freedom = Number(match?.[1]);
  if (match === null || !(freedom > 1)) return null;
  if (match[2] === undefined) return studentLaw(freedom, 1);
  return freedom > 2 ? studentLaw(freedom, Math.sqrt((freedom - 2) / freedom)) : null;
}

const STEP = 0.02;
const STEPS = 1000;

/**
 * The tail of a law as loss over expected shortfall, tabulated in −ln(u/p) and interpolated in the logarithm of the loss (error below
 * 1e-5, far below Monte Carlo noise), because drawing through an exact t quantile would take minutes.
 */
export function tabulateTail(law: Law, probability: number): TailModel {
  const logs = new Float64Array(STEPS + 1);
  const shortfall = law.shortfall(probability);
  for (let i = 0; i <= STEPS; i += 1) logs[i] = log(-law.quantile(probability * exp(-i * STEP)) / shortfall);
  return (_day, u) => {
    const depth = Math.max(0, -log(u / probability)) / STEP;
    const cell = Math.min(STEPS - 1, Math.floor(depth));
    return exp(logs[cell]! + (depth - cell) * (logs[cell + 1]! - logs[cell]!));
  };
}

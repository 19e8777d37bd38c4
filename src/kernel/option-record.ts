import { log } from '../base/elementary.ts';
import { optionCell } from './twin/reprice.ts';

/** Numbers of one record. */
export const OPTION_FIELDS = 14;

/**
 * One option as the repricing kernel reads it. In scenario s, with the named rows of the vector matrix,
 * F′ = forward · growth[s] (`logGrowth` holds its logarithm), vol′ = max(0, vol · volGrowth[s] + skew · skewShift[s]), and
 * P&L = (scale · Black76(F′, strike, vol′, τ)) · conversion[s] − scale · Black76(forward, strike, vol, τ).
 * `scale` = contract size × discount × settlement price now. `conversion` turns the settlement asset's new price in: its growth
 * for a linear option; for an inverse one that growth over the forward's (then `scale` is also divided by the forward).
 * For any other smile dynamics name a row of its own that holds vol′·√τ, with `vol` 1, `tauYears` 1 and `skew` 0.
 */
export type OptionRecord = {
  readonly forward: number;
  readonly strike: number;
  readonly right: 'call' | 'put';
  readonly tauYears: number;
  readonly vol: number;
  /** Absolute vol per unit of the skew shift. */
  readonly skew: number;
  readonly scale: number;
  /** √τ·vol at which the P&L is 0: the volatility now, where `vol` is not it. */
  readonly rootVarianceNow?: number;
  readonly growthRow: number;
  readonly logGrowthRow: number;
  readonly volGrowthRow: number;
  readonly skewShiftRow: number;
  readonly conversionRow: number;
  /** Row of the result. */
  readonly row: number;
};

/** Writes record `i`. The base value is the kernel's own at no shock, so that no shock gives exactly 0. */
export function writeOption(records: Float64Array, i: number, option: OptionRecord): void {
  const rootTau = Math.sqrt(option.tauYears);
  const at = i * OPTION_FIELDS;
  records[at] = log(option.forward / option.strike);
  records[at + 1] = option.vol * rootTau;
  records[at + 2] = option.skew * rootTau;
  records[at + 3] = option.forward;
  records[at + 4] = option.strike;
  records[at + 5] = option.scale;
  records[at + 6] = 0;
  records[at + 7] = option.right === 'call' ? 1 : -1;
  records[at + 8] = option.growthRow;
  records[at + 9] = option.logGrowthRow;
  records[at + 10] = option.volGrowthRow;
  records[at + 11] = option.skewShiftRow;
  records[at + 12] = option.conversionRow;
  records[at + 13] = option.row;
  const now = option.rootVarianceNow ?? records[at + 1]!;
  records[at + 6] = optionCell(records, at, { growth: 1, logGrowth: 0, deviation: now, conversion: 1 });
}

import { exp, expm1, log1p } from '../base/elementary.ts';

/**
 * How volatility, skew and basis move when only prices are known (SCENARIO-016): a response to the spot return, plus a residual of their own.
 *
 * Calibration (daily changes of public index and chain data):
 * - ln of BTC's 30-day implied volatility index, November 2022 – June 2025, 967 days: +0.95 per unit of fall and +0.76 per unit of
 *   rise, residual sd 0.045, kurtosis 8.8; the three largest falls (−15.3 %, −10.5 %, −7.6 %) came with +0.40, +0.25, +0.36.
 * - ln of 30-day at-the-money vol, January – May 2026, 152 days: BTC +1.97 per unit of fall, −1.28 of rise; ETH +0.87 and −0.31;
 *   residual sd 0.043 and 0.032, correlated at 0.84 between the two; 180-day vol moves 0.35 (BTC) and 0.26 (ETH) times as much,
 *   residual sd 0.007.
 * - skew in vol per k / √τ from 25-delta risk reversals: +0.52 (BTC), +0.20 (ETH) per unit of return, residual sd 0.013 and 0.008.
 * - 90-day annualised basis: +0.042 (BTC), +0.013 (ETH) per unit of return, residual sd 0.005.
 * The fall response is steeper beyond 5 %, so that it passes through the large falls; rises leave volatility where it is, because
 * the two samples disagree on the sign. Residuals are Student t with 4 degrees of freedom, scaled to their sd. Skew and basis take the middle of the two assets.
 */
export type SpotVolModel = {
  /** ln vol per unit of log fall, up to `fallKnee` and beyond it. */
  readonly fallSlope: number;
  readonly fallSlopeBeyond: number;
  readonly fallKnee: number;
  /** Largest response of ln vol. */
  readonly responseMax: number;
  readonly volResidualSd: number;
  /** 180-day vol per 30-day vol, in logs. */
  readonly longPerShort: number;
  readonly longResidualSd: number;
  readonly skewPerReturn: number;
  readonly skewResidualSd: number;
  readonly basisPerReturn: number;
  readonly basisResidualSd: number;
  /** Share of a vol residual's variance that all underlyings have in common. */
  readonly commonShare: number;
};

export const SPOT_VOL: SpotVolModel = {
  fallSlope: 1,
  fallSlopeBeyond: 3,
  fallKnee: 0.05,
  responseMax: 1.2,
  volResidualSd: 0.045,
  longPerShort: 0.35,
  longResidualSd: 0.008,
  skewPerReturn: 0.35,
  skewResidualSd: 0.011,
  basisPerReturn: 0.03,
  basisResidualSd: 0.005,
  commonShare: 0.8,
};

/**
 * Expected change of ln 30-day vol for a log return of the spot over `rootDays`² days, ≥ 0. The knee grows with √days, as the
 * returns themselves do.
 */
export function volResponse(logReturn: number, rootDays: number, model: SpotVolModel = SPOT_VOL): number {
  const fall = Math.max(0, -logReturn);
  const knee = model.fallKnee * rootDays;
  const response = model.fallSlope * Math.min(fall, knee) + model.fallSlopeBeyond * Math.max(0, fall - knee);
  return Math.min(model.responseMax, response);
}

/** Shocks (units of {@link Factor}) that go with a simple one-day spot return, at the expected value of the model. */
export type VolShocks = {
  readonly volShort: number;
  readonly volLong: number;
  readonly skew: number;
  readonly basis: number;
};

/**
 * Expected shocks of an underlying's other factors for a simple spot return > −1. `calm` in (0, 1] scales the return of an asset
 * that moves more than the one the model was calibrated on: BTC's volatility over its own, at most 1.
 */
export function shocksOfMove(spot: number, calm: number, model: SpotVolModel = SPOT_VOL): VolShocks {
  const scaled = calm * log1p(Math.max(-0.999999, spot));
  const response = volResponse(scaled, 1, model);
  return {
    volShort: expm1(response),
    volLong: exp(model.longPerShort * response) - 1,
    skew: model.skewPerReturn * scaled,
    basis: model.basisPerReturn * scaled,
  };
}

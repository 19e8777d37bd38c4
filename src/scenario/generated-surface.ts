import { exp, log } from '../base/elementary.ts';
import { drawNormal } from '../base/random.ts';
import type { ForwardQuote } from '../market/market.ts';
import type { Smile } from '../market/surface.ts';
import { YEAR_MS } from '../product/product.ts';
import { dailySd, halving } from './generated-spot.ts';
import { SPOT_VOL, volResponse } from './spot-vol.ts';

/** Half-lives in days, standing levels, and bounds of what hangs on a price. Residual deviations are `SPOT_VOL`'s, per √day. */
const LAW = {
  volHalfLife: 10,
  longHalfLife: 40,
  skewHalfLife: 5,
  basisHalfLife: 10,
  premiumHalfLife: 0.014,
  fundingHalfLife: 0.083,
  memoryHalfLife: 0.7,
  skewMean: -0.05,
  basisMean: 0.05,
  basisMax: 0.5,
  premiumSd: 0.0002,
  premiumPerMove: 0.03,
  premiumMax: 0.03,
} as const;

/** Curvature of the smile: η of the power law φ(θ) = η / √(θ(1 + θ)). */
const ETA = 1.2;
/** η(1 + |ρ|) stays below 2. */
const RHO_MAX = 0.6;
/** Decay of the forward variance from short to long, years. */
const TERM_YEARS = 45 / 365;
/** No smile for an expiry this close. */
const LEFT_MS_MIN = 60_000;
const RATE = 0.03;

/** What hangs on the price of one underlying. Plain state: what `stepCurve` writes. */
export type Curve = {
  /** Slow average of the log price: a fall is measured from here. */
  memoryLog: number;
  shortLogVol: number;
  longLogVol: number;
  skew: number;
  basis: number;
  premium: number;
  /** Smoothed premium, from which funding is set. */
  fundingPremium: number;
  /** The root's volatility over its own, at most 1. */
  readonly calm: number;
  readonly homeLogVol: number;
};

/** The curve of an underlying at rest. `rootSd`: daily deviation of the asset that `SPOT_VOL` was calibrated on. */
export function openCurve(asset: string, price: number, rootSd: number): Curve {
  const sd = dailySd(asset);
  const homeLogVol = log(sd * Math.sqrt(365));
  return {
    memoryLog: log(price),
    shortLogVol: homeLogVol,
    longLogVol: homeLogVol,
    skew: LAW.skewMean,
    basis: LAW.basisMean,
    premium: 0,
    fundingPremium: 0,
    calm: Math.min(1, rootSd / sd),
    homeLogVol,
  };
}

/** Lets `days` pass over a curve whose underlying now stands at `price`. */
export function stepCurve(
  curve: Curve,
  of: { readonly days: number; readonly price: number; readonly draw: () => number },
): void {
  const { days, draw } = of;
  const revert = (value: number, mean: number, halfLife: number): number =>
    mean + (value - mean) * halving(days, halfLife);
  const noise = (sd: number): number => sd * Math.sqrt(days) * drawNormal(draw);
  curve.memoryLog = revert(curve.memoryLog, log(of.price), LAW.memoryHalfLife);
  const common = noise(SPOT_VOL.volResidualSd);
  curve.shortLogVol = revert(curve.shortLogVol, curve.homeLogVol, LAW.volHalfLife) + common;
  curve.longLogVol =
    revert(curve.longLogVol, curve.homeLogVol, LAW.longHalfLife) +
    SPOT_VOL.longPerShort * common +
    noise(SPOT_VOL.longResidualSd);
  curve.skew = revert(curve.skew, LAW.skewMean, LAW.skewHalfLife) + noise(SPOT_VOL.skewResidualSd);
  curve.basis = revert(curve.basis, LAW.basisMean, LAW.basisHalfLife) + noise(SPOT_VOL.basisResidualSd);
  const keep = halving(days, LAW.premiumHalfLife);
  curve.premium = keep * curve.premium + LAW.premiumSd * Math.sqrt(1 - keep * keep) * drawNormal(draw);
  curve.fundingPremium = revert(curve.fundingPremium, premiumAt(curve, of.price), LAW.fundingHalfLife);
}

/** Log fall or rise from the slow average, in units of the asset that the response was calibrated on. */
function strain(curve: Curve, price: number): number {
  return curve.calm * (log(price) - curve.memoryLog);
}

function premiumAt(curve: Curve, price: number): number {
  const raw = curve.premium + LAW.premiumPerMove * strain(curve, price);
  return Math.max(-LAW.premiumMax, Math.min(LAW.premiumMax, raw));
}

/** Price of the perpetual in USD. */
export function perpetualAt(curve: Curve, price: number): number {
  return price * (1 + premiumAt(curve, price));
}

/**
 * Funding per 8 hours from the smoothed premium P, as large venues publish it: P + clamp(0.01 % − P, ±0.05 %), within ±0.75 %.
 */
export function fundingAt({ fundingPremium: p }: Curve): number {
  const drawn = p + Math.max(-0.0005, Math.min(0.0005, 0.0001 - p));
  return Math.max(-0.0075, Math.min(0.0075, drawn));
}

/** The forward of an expiry, USD. */
export function forwardAt(
  curve: Curve,
  price: number,
  at: { readonly expiryMs: number; readonly timeMs: number },
): ForwardQuote {
  const years = Math.max(0, at.expiryMs - at.timeMs) / YEAR_MS;
  const raw = curve.basis + SPOT_VOL.basisPerReturn * strain(curve, price);
  const basis = Math.max(-LAW.basisMax, Math.min(LAW.basisMax, raw));
  return { expiryMs: at.expiryMs, forward: price * exp(basis * years), rate: RATE, confidence: 1 };
}

/**
 * SVI smiles of a surface SSVI with power-law φ (Gatheral and Jacquier 2014, section 4 and remark 4.4): one ρ, total variance at the money
 * that rises with expiry, η(1 + |ρ|) < 2; so there is neither butterfly nor calendar arbitrage. Volatility and skew answer to the fall from
 * the slow average as `SPOT_VOL` says.
 */
export function smilesAt(
  curve: Curve,
  price: number,
  at: { readonly expiries: readonly number[]; readonly timeMs: number },
): Smile[] {
  const fall = strain(curve, price);
  const response = volResponse(fall, 1);
  const short = exp(2 * (curve.shortLogVol + response));
  const long = exp(2 * (curve.longLogVol + SPOT_VOL.longPerShort * response));
  const skew = curve.skew + SPOT_VOL.skewPerReturn * fall;
  const rho = Math.max(-RHO_MAX, Math.min(RHO_MAX, (2 * skew) / ETA));
  return at.expiries
    .filter((expiryMs) => expiryMs - at.timeMs >= LEFT_MS_MIN)
    .map((expiryMs): Smile => {
      const years = (expiryMs - at.timeMs) / YEAR_MS;
      const theta = long * years + (short - long) * TERM_YEARS * (1 - exp(-years / TERM_YEARS));
      const phi = ETA / Math.sqrt(theta * (1 + theta));
      return {
        kind: 'svi',
        expiryMs,
        a: 0.5 * theta * (1 - rho * rho),
        b: 0.5 * theta * phi,
        rho,
        m: -rho / phi,
        sigma: Math.sqrt(1 - rho * rho) / phi,
        fittedMs: at.timeMs,
      };
    });
}

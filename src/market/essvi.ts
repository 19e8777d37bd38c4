import { exp, log } from '../base/elementary.ts';
import { leastSquares } from '../base/least-squares.ts';
import { YEAR_MS } from '../product/product.ts';
import { type SviSmile, sviVariance } from './surface.ts';
import { type SmileQuotes, centralVariance } from './smile-quotes.ts';

/** One slice of extended SSVI: at-the-money total variance θ, correlation ρ, ψ = θ·φ. */
type Slice = { readonly theta: number; readonly rho: number; readonly psi: number };

const ITERATIONS_MAX = 60;
const GAIN_MIN = 1e-7;
/** Keeps every condition strict. */
const SHRINK = 1 - 1e-6;
const RHO_MAX = 0.999;

/** The slice as raw SVI (Gatheral and Jacquier 2014, section 4). */
function toSmile(slice: Slice, at: { expiryMs: number; fittedMs: number }): SviSmile {
  const { theta, rho, psi } = slice;
  const width = theta / psi;
  return {
    kind: 'svi',
    expiryMs: at.expiryMs,
    a: 0.5 * theta * (1 - rho * rho),
    b: 0.5 * psi,
    rho,
    m: -rho * width,
    sigma: Math.sqrt(1 - rho * rho) * width,
    fittedMs: at.fittedMs,
  };
}

/**
 * ψ of a slice with given θ and ρ that admits no arbitrage (SURFACE-009). Butterfly: ψ(1 + |ρ|) ≤ 4 and ψ²(1 + |ρ|) ≤ 4θ (Gatheral and Jacquier,
 * theorem 4.2). Calendar against the slice before: θ not smaller, both wings not flatter, ψ/θ not larger (Hendriks and Martini, "The
 * extended SSVI volatility surface", 2019). ρ of the slice before is always possible.
 */
function psiRange(theta: number, rho: number, before: Slice | null): { low: number; high: number } {
  const spread = 1 + Math.abs(rho);
  const butterfly = Math.min(4 / spread, 2 * Math.sqrt(theta / spread)) * SHRINK;
  if (before === null) return { low: 1e-3 * butterfly, high: butterfly };
  const wings = Math.max((1 + before.rho) / (1 + rho), (1 - before.rho) / (1 - rho));
  return { low: before.psi * wings, high: Math.min(butterfly, (before.psi * theta) / before.theta) };
}

/**
 * Free coordinates x = (ln of θ's step, ρ/√(1 − ρ²), position of ψ in its range). Where the range is empty ρ is that of the slice
 * before, for which it never is.
 */
function toSlice(x: Float64Array, before: Slice | null): Slice {
  const theta = (before?.theta ?? 0) * (1 + 1e-9) + exp(x[0]!);
  const tilt = (RHO_MAX * x[1]!) / Math.sqrt(1 + x[1]! * x[1]!);
  const range = psiRange(theta, tilt, before);
  const rho = before === null || range.low <= range.high ? tilt : before.rho;
  const { low, high } = rho === tilt ? range : psiRange(theta, rho, before);
  const share = 0.5 + (0.5 * x[2]!) / Math.sqrt(1 + x[2]! * x[2]!);
  return { theta, rho, psi: low + share * Math.max(0, high - low) };
}

/**
 * Fits extended SSVI slice by slice to quoted vols. Every slice is fitted inside the conditions that exclude butterfly arbitrage and
 * calendar arbitrage against the one before, so this always succeeds; it fits less closely than free SVI.
 */
export function fitEssvi(slices: readonly SmileQuotes[], timeMs: number): SviSmile[] {
  let before: Slice | null = null;
  return slices.map((quotes) => {
    before = fitSlice(quotes, timeMs, before);
    return toSmile(before, { expiryMs: quotes.expiryMs, fittedMs: timeMs });
  });
}

function fitSlice(quotes: SmileQuotes, timeMs: number, before: Slice | null): Slice {
  const { logMoneyness, vols, tolerances, expiryMs } = quotes;
  const tau = (expiryMs - timeMs) / YEAR_MS;
  const at = { expiryMs, fittedMs: timeMs };
  const write = (x: Float64Array, out: Float64Array): void => {
    const smile = toSmile(toSlice(x, before), at);
    for (let i = 0; i < vols.length; i++) {
      const vol = Math.sqrt(sviVariance(smile, logMoneyness[i]!) / tau);
      out[i] = (vol - vols[i]!) / tolerances[i]!;
    }
  };
  const start = Float64Array.of(log(stepOf(quotes, tau, before)), startTilt(before), 0);
  const options = { count: vols.length, iterationsMax: ITERATIONS_MAX, gainMin: GAIN_MIN };
  const { at: found } = leastSquares(write, start, options);
  return toSlice(found, before);
}

/** First guess of how far θ lies above the slice before. */
function stepOf(quotes: SmileQuotes, tau: number, before: Slice | null): number {
  const theta = centralVariance(quotes, tau);
  return Math.max(theta - (before?.theta ?? 0), 1e-3 * theta);
}

/** The coordinate whose ρ is about that of the slice before. */
function startTilt(before: Slice | null): number {
  const scaled = Math.max(-0.99, Math.min(0.99, (before?.rho ?? 0) / RHO_MAX));
  return scaled / Math.sqrt(1 - scaled * scaled);
}

import { exp, log } from '../base/elementary.ts';
import { DAY_MS } from '../base/instant.ts';
import type { AssetId } from '../product/product.ts';
import { studentFourAt } from '../scenario/draws.ts';
import { factorId, type History, type HistorySeries } from '../scenario/history.ts';
import type { Factor } from '../scenario/set.ts';
import { SPOT_VOL, volResponse } from '../scenario/spot-vol.ts';

/**
 * Made-up volatilities, skews and bases that go with real prices, for histories that hold none. Per step, with r the log return in units
 * that suit the root (scaled by its volatility over the asset's own so far, at most 1):
 * - ln 30-day vol += response(r) − its expectation + residual + pull · (ln(premium · realised vol) − ln 30-day vol)
 * - ln 180-day vol += share of that response + residual + slow pull to the same with a slower realised vol
 * - skew and basis += response + residual + pull to their rest levels.
 * Responses and residuals are those of {@link SPOT_VOL}; realised vol is exponentially weighted. Nothing in a value depends on later prices.
 */
export type ImpliedRule = {
  readonly decay: number;
  readonly decayLong: number;
  /** Implied over realised volatility at rest. */
  readonly premium: number;
  /** Pulls per day. */
  readonly pull: number;
  readonly pullLong: number;
  readonly pullShape: number;
  readonly skewAtRest: number;
  readonly basisAtRest: number;
  readonly volMin: number;
  readonly volMax: number;
};

const IMPLIED_RULE: ImpliedRule = {
  decay: 0.97,
  decayLong: 0.99,
  premium: 1.05,
  pull: 0.05,
  pullLong: 0.02,
  pullShape: 0.1,
  skewAtRest: -0.05,
  basisAtRest: 0.05,
  volMin: 0.15,
  volMax: 3,
};

const KINDS = ['volShort', 'volLong', 'skew', 'basis'] as const;
type ImpliedKind = (typeof KINDS)[number];
const DAYS_PER_YEAR = 365;
const SKEW_MAX = 0.4;
const BASIS_MAX = 0.5;
/** E[max(0, −z)] of a standard normal: the response expected at volatility σ is slope · σ · this. */
const MEAN_FALL = 0.3989422804014327;
/** Daily volatility that everything starts from. */
const START_SD = 0.04;

/**
 * Adds the series that {@link ImpliedRule} yields for each of `assets` to a history, wherever the asset has a price and the history has no
 * such series of its own. Residuals depend on (seed, factor, moment) only.
 */
export function withImpliedSeries(history: History, assets: readonly AssetId[], seed: number): History {
  const known = new Set(history.series.map(({ factor }) => factorId(factor)));
  const root = history.series.find(({ factor }) => factor.asset === 'BTC' && factor.kind === 'spot');
  const added: HistorySeries[] = [];
  for (const asset of assets) {
    const spot = history.series.find(({ factor }) => factor.asset === asset && factor.kind === 'spot');
    if (spot === undefined) continue;
    const made = impliedOf(history, { spot, root: root ?? spot, seed });
    for (const kind of KINDS) {
      if (known.has(factorId({ asset, kind }))) continue;
      added.push({ factor: { asset, kind }, values: made[kind], present: spot.present });
    }
  }
  const series = [...history.series, ...added];
  series.sort((a, b) => (factorId(a.factor) < factorId(b.factor) ? -1 : 1));
  return { ...history, series };
}

type State = {
  variance: number;
  varianceLong: number;
  rootVariance: number;
  short: number;
  long: number;
  skew: number;
  basis: number;
};

type Source = { readonly spot: HistorySeries; readonly root: HistorySeries; readonly seed: number };

function impliedOf(history: History, source: Source): Record<ImpliedKind, Float64Array> {
  const { spot, root, seed } = source;
  const rows = spot.values.length;
  const out = {
    volShort: new Float64Array(rows),
    volLong: new Float64Array(rows),
    skew: new Float64Array(rows),
    basis: new Float64Array(rows),
  };
  const stepDays = history.stepMs / DAY_MS;
  const start = log(START_SD * Math.sqrt(DAYS_PER_YEAR));
  const state: State = {
    variance: START_SD * START_SD,
    varianceLong: START_SD * START_SD,
    rootVariance: START_SD * START_SD,
    short: start,
    long: start,
    skew: IMPLIED_RULE.skewAtRest,
    basis: IMPLIED_RULE.basisAtRest,
  };
  let last = -1;
  for (let i = 0; i < rows; i += 1) {
    if (spot.present[i] === 0) continue;
    if (last >= 0) {
      const asset = spot.factor.asset;
      const residual = (kind: ImpliedKind): number => residualAt({ asset, kind }, seed, history.timesMs[i]!);
      const rootReturn =
        root.present[i] === 1 && root.present[last] === 1 ? log(root.values[i]! / root.values[last]!) : 0;
      advance(state, {
        own: log(spot.values[i]! / spot.values[last]!),
        root: rootReturn,
        stepDays,
        residual,
      });
    }
    last = i;
    out.volShort[i] = exp(state.short);
    out.volLong[i] = exp(state.long);
    out.skew[i] = state.skew;
    out.basis[i] = state.basis;
  }
  return out;
}

function residualAt(factor: Factor & { kind: ImpliedKind }, seed: number, timeMs: number): number {
  const common = studentFourAt(seed, `implied:${factor.kind}`, timeMs);
  const own = studentFourAt(seed, `implied:${factorId(factor)}`, timeMs);
  return Math.sqrt(SPOT_VOL.commonShare) * common + Math.sqrt(1 - SPOT_VOL.commonShare) * own;
}

type Step = {
  readonly own: number;
  readonly root: number;
  readonly stepDays: number;
  readonly residual: (kind: ImpliedKind) => number;
};

function advance(state: State, step: Step): void {
  const { decay, decayLong, premium, pull, pullLong, pullShape, skewAtRest, basisAtRest, volMin, volMax } =
    IMPLIED_RULE;
  const { stepDays } = step;
  const rootDays = Math.sqrt(stepDays);
  const calm = Math.min(1, Math.sqrt(state.rootVariance / state.variance));
  const scaled = calm * step.own;
  const sd = Math.sqrt(state.variance * stepDays);
  const response = volResponse(scaled, rootDays) - SPOT_VOL.fallSlope * MEAN_FALL * calm * sd;
  const annual = (variance: number): number => log(premium * Math.sqrt(variance * DAYS_PER_YEAR));
  const shortMove = response + rootDays * SPOT_VOL.volResidualSd * step.residual('volShort');
  const longMove =
    SPOT_VOL.longPerShort * shortMove + rootDays * SPOT_VOL.longResidualSd * step.residual('volLong');
  state.short = bounded(
    state.short + shortMove + pull * stepDays * (annual(state.variance) - state.short),
    log(volMin),
    log(volMax),
  );
  state.long = bounded(
    state.long + longMove + pullLong * stepDays * (annual(state.varianceLong) - state.long),
    log(volMin),
    log(volMax),
  );
  const shape = (kind: 'skew' | 'basis', by: { perReturn: number; sd: number; rest: number }): number =>
    state[kind] +
    by.perReturn * scaled +
    rootDays * by.sd * step.residual(kind) +
    pullShape * stepDays * (by.rest - state[kind]);
  const { skewPerReturn, skewResidualSd, basisPerReturn, basisResidualSd } = SPOT_VOL;
  state.skew = bounded(
    shape('skew', { perReturn: skewPerReturn, sd: skewResidualSd, rest: skewAtRest }),
    -SKEW_MAX,
    SKEW_MAX,
  );
  state.basis = bounded(
    shape('basis', { perReturn: basisPerReturn, sd: basisResidualSd, rest: basisAtRest }),
    -BASIS_MAX,
    BASIS_MAX,
  );
  const square = (step.own * step.own) / stepDays;
  const rootSquare = (step.root * step.root) / stepDays;
  const fade = (daily: number): number => exp(log(daily) * stepDays);
  state.variance = fade(decay) * state.variance + (1 - fade(decay)) * square;
  state.varianceLong = fade(decayLong) * state.varianceLong + (1 - fade(decayLong)) * square;
  state.rootVariance = fade(decay) * state.rootVariance + (1 - fade(decay)) * rootSquare;
}

function bounded(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

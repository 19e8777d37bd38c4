import { exp } from '../base/elementary.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { DAY_MS, toIsoDate } from '../base/instant.ts';
import type { Asset, AssetId } from '../product/product.ts';
import { refuseSeed, studentFourAt, uniformAt } from './draws.ts';
import { ASSET_GROUPS, leaderOf, NUMERAIRE, ROOT } from './groups.ts';
import { defaultPrice, HABITS, STRANGER } from './habits.ts';
import type { History, HistorySeries } from './history.ts';

/**
 * The root's variance: GJR-GARCH(1,1) with Student-t(4) innovations cut at four deviations, h′ = ω + (α + γ·[r < 0])·r² + β·h, capped.
 * Calibrated so that five-year paths have the moments of BTC's daily log returns: standard deviation 3.1 % (July 2020 – June 2025)
 * to 3.7 % (August 2017 – June 2025), kurtosis 6.5 to 18, autocorrelation of |r| 0.14 to 0.16, worst day −17 % to −50 %.
 */
const ROOT_LAW = {
  sd: 0.029,
  alpha: 0.05,
  gamma: 0.05,
  beta: 0.88,
  sdMax: 0.09,
  innovationMax: 4,
  driftPerDay: 0.0012,
} as const;

/** One crash in every stretch of so many days: a fall of the root of 12 % to 37 % (log), of the others a little more. */
const CRASH = { everyDays: 365, fallMin: 0.12, fallSpread: 0.25, othersSpread: 0.12 } as const;

/** Pegs: deviation d′ = 0.6·d + noise; once in a stretch of two years, in a crash, 1 % to 4 % off, healing by half a day. */
const PEG = { carry: 0.6, noiseSd: 0.0004, breakMin: 0.01, breakSpread: 0.03 } as const;

/** Every path starts here, whatever part of it is asked for, so that a later request only adds days. */
const START_MS: number = Date.UTC(2015, 0, 1);
const DAYS_MAX = 20_000;

export type GeneratedSpec = {
  readonly assets: readonly Asset[];
  /** Rows known at this moment: the last one is the last full day before it. */
  readonly endMs: number;
  readonly days: number;
  readonly seed: number;
  /** Price of the last row, where known: scales the path and leaves its returns. */
  readonly lastPrices: ReadonlyMap<AssetId, number>;
};

/** Days of history that a fresh installation gets: five years. */
export const GENERATED_DAYS = 1826;

/**
 * A made-up but lifelike history of daily prices (SCENARIO-017): regimes of calm and turmoil, common crashes, fat tails, falls that raise volatility,
 * correlations and betas of the real market, pegs that wobble and once break. It stands in where no history is given and says so in
 * its use, never in its numbers: no real price is in it. An asset's path depends on (seed, asset, its leader, day) only.
 * Refuses NUMBER_OUT_OF_RANGE (days, seed, a last price that is not positive) and HISTORY_TOO_SHORT (an end before 2015).
 */
export function generateHistory(spec: GeneratedSpec): History | Failure {
  const refused = refuseSpec(spec);
  if (refused !== null) return refused;
  const length = Math.floor((spec.endMs - START_MS) / DAY_MS);
  const first = Math.max(0, length - spec.days);
  const world = makeWorld(spec, length);
  const timesMs = Float64Array.from(
    { length: length - first },
    (_, i) => START_MS + (first + i + 1) * DAY_MS,
  );
  const ids = [...new Set([ROOT, ...spec.assets.map((asset) => asset.id)])]
    .filter((id) => id !== NUMERAIRE)
    .sort();
  const series = ids.map((id): HistorySeries => {
    const last = spec.lastPrices.get(id) ?? defaultPrice(id, world.assets);
    const values = pricesOf(pathOf(id, world).subarray(first), last);
    return { factor: { asset: id, kind: 'spot' }, values, present: new Uint8Array(values.length).fill(1) };
  });
  const labels = Array.from(timesMs, (timeMs) => toIsoDate(timeMs - DAY_MS));
  return { timesMs, labels, stepMs: DAY_MS, series };
}

type World = {
  readonly seed: number;
  readonly length: number;
  readonly assets: ReadonlyMap<AssetId, Asset>;
  /** Daily volatility of the root, √h. */
  readonly sigmas: Float64Array;
  /** 1 on days of a common crash. */
  readonly crashes: Uint8Array;
  /** Log returns by asset, as far as made. */
  readonly paths: Map<AssetId, Float64Array>;
};

function makeWorld(spec: GeneratedSpec, length: number): World {
  const sigmas = new Float64Array(length);
  const crashes = new Uint8Array(length);
  const returns = new Float64Array(length);
  const { sd, alpha, gamma, beta, sdMax, innovationMax, driftPerDay } = ROOT_LAW;
  const omega = sd * sd * (1 - alpha - gamma / 2 - beta);
  let variance = sd * sd;
  for (let day = 0; day < length; day += 1) {
    sigmas[day] = Math.sqrt(variance);
    const timeMs = START_MS + day * DAY_MS;
    const fall = crashFall(spec.seed, day);
    crashes[day] = fall > 0 ? 1 : 0;
    const innovation = studentFourAt(spec.seed, ROOT, timeMs);
    const bounded = Math.max(-innovationMax, Math.min(innovationMax, innovation));
    returns[day] = driftPerDay + sigmas[day]! * bounded - fall;
    const square = returns[day]! * returns[day]!;
    const next = omega + (returns[day]! < 0 ? alpha + gamma : alpha) * square + beta * variance;
    variance = Math.min(sdMax * sdMax, next);
  }
  const assets = new Map(spec.assets.map((asset) => [asset.id, asset]));
  return { seed: spec.seed, length, assets, sigmas, crashes, paths: new Map([[ROOT, returns]]) };
}

/** Log fall of the root on a day of a common crash, 0 on others. */
function crashFall(seed: number, day: number): number {
  const stretch = Math.floor(day / CRASH.everyDays);
  const stretchMs = START_MS + stretch * CRASH.everyDays * DAY_MS;
  const crashDay = Math.floor(uniformAt(seed, 'crash day', stretchMs) * CRASH.everyDays);
  if (day - stretch * CRASH.everyDays !== crashDay) return 0;
  const size = uniformAt(seed, 'crash size', stretchMs);
  return CRASH.fallMin + CRASH.fallSpread * size * size;
}

function pathOf(id: AssetId, world: World): Float64Array {
  const known = world.paths.get(id);
  if (known !== undefined) return known;
  const asset = world.assets.get(id);
  const pegged = asset !== undefined && (asset.kind === 'stable' || asset.pegTo !== null);
  world.paths.set(id, new Float64Array(world.length));
  const path = pegged ? peggedPath(asset, world) : followerPath(id, world);
  world.paths.set(id, path);
  return path;
}

function followerPath(id: AssetId, world: World): Float64Array {
  const { beta, residualSd } = HABITS.get(id) ?? STRANGER;
  const known = (asset: AssetId): boolean => HABITS.has(asset);
  const leader = pathOf(leaderOf(id, ASSET_GROUPS, { root: ROOT, known }) ?? ROOT, world);
  return leader.map((lead, day) => {
    const timeMs = START_MS + day * DAY_MS;
    const turmoil = world.sigmas[day]! / ROOT_LAW.sd;
    const residual = residualSd * turmoil * RESIDUAL_CALM * studentFourAt(world.seed, id, timeMs);
    const extra =
      world.crashes[day] === 1 ? CRASH.othersSpread * uniformAt(world.seed, `${id}:crash`, timeMs) : 0;
    return beta * lead + residual - extra;
  });
}

/** Average of σ/σ̄ over the root's path is above 1; keeps the residuals at the size of their table. */
const RESIDUAL_CALM = 0.9;

function peggedPath(asset: Asset, world: World): Float64Array {
  const target = asset.pegTo === null || asset.pegTo === NUMERAIRE ? null : pathOf(asset.pegTo, world);
  const path = new Float64Array(world.length);
  let deviation = 0;
  for (let day = 0; day < world.length; day += 1) {
    const timeMs = START_MS + day * DAY_MS;
    const before = deviation;
    deviation = PEG.carry * deviation + PEG.noiseSd * studentFourAt(world.seed, asset.id, timeMs);
    if (world.crashes[day] === 1 && Math.floor(day / CRASH.everyDays) % 2 === 1) {
      deviation -= PEG.breakMin + PEG.breakSpread * uniformAt(world.seed, `${asset.id}:break`, timeMs);
    }
    path[day] = (target === null ? 0 : target[day]!) + deviation - before;
  }
  return path;
}

function pricesOf(returns: Float64Array, last: number): Float64Array {
  const prices = new Float64Array(returns.length);
  let after = 0;
  for (let i = returns.length - 1; i >= 0; i -= 1) {
    prices[i] = last * exp(-after);
    after += returns[i]!;
  }
  return prices;
}

function refuseSpec(spec: GeneratedSpec): Failure | null {
  const { days, endMs } = spec;
  if (!(Number.isInteger(days) && days >= 2 && days <= DAYS_MAX)) {
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'days',
      value: days,
      expected: `a whole number from 2 to ${DAYS_MAX}`,
    });
  }
  if (!(endMs >= START_MS + 2 * DAY_MS && endMs < START_MS + DAYS_MAX * DAY_MS)) {
    const expected = `from 2015-01-03 to ${toIsoDate(START_MS + DAYS_MAX * DAY_MS)}`;
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'endMs', value: endMs, expected });
  }
  for (const [id, price] of spec.lastPrices) {
    if (price > 0 && price < 1e15) continue;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: `lastPrices.${id}`,
      value: price,
      expected: 'a positive price',
    });
  }
  return refuseSeed(spec.seed);
}

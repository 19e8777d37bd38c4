import { exp } from '../../base/elementary.ts';
import { greeksBlack76, priceBlack76 } from '../../pricer/black76.ts';
import { greeksBsm } from '../../pricer/bsm.ts';
import { greeksInverse } from '../../pricer/inverse.ts';
import { fail } from './compare.ts';
import { type Json, objectOf } from './json.ts';
import {
  type Computed,
  type OptionTolerances,
  compareComputed,
  compareGroup,
  quantityOf,
  rightOf,
} from './options-read.ts';
import type { ConformCase } from './suite.ts';

/** Libraries round differently: their Greeks agree less closely than 60-digit values. */
const LIBRARY_SLACK = 100;
/** A central difference of a library's price. */
const DIFFERENCE_SLACK = 1e4;

type Run = (row: Json, name: string, tolerances: OptionTolerances) => Iterable<ConformCase>;

const price = (value: number, scale: number): Computed => ({ value, scale, kind: 'price' });
const delta = (value: number, scale: number): Computed => ({ value, scale, kind: 'delta' });
const greek = (value: number, scale: number): Computed => ({ value, scale, kind: 'greek' });

function* groups(
  row: Json,
  computed: Readonly<Record<string, Computed>>,
  at: { name: string; tolerances: OptionTolerances },
): Iterable<ConformCase> {
  yield* compareGroup(objectOf(row['exact']), computed, { ...at, group: 'exact', slack: 1 });
  const { rho_central_difference: difference, ...library } = objectOf(row['quantlib']);
  yield* compareGroup(library, computed, { ...at, group: 'quantlib', slack: LIBRARY_SLACK });
  if (difference === undefined) return;
  const field = 'quantlib.rho_central_difference';
  yield compareComputed(computed['rho']!, difference, { ...at, field, slack: DIFFERENCE_SLACK });
}

export const runBlack76: Run = function* (row, name, tolerances) {
  const right = rightOf(row);
  if (right === null) return yield fail(name, 'type', 'neither call nor put');
  const [forward, strike, tauYears, vol, rate] = ['F', 'K', 'T', 'sigma', 'r'].map((k) => quantityOf(row[k]));
  const option = {
    right,
    forward: forward!,
    strike: strike!,
    tauYears: tauYears!,
    vol: vol!,
    rate: rate || 0,
  };
  const own = greeksBlack76(option);
  const discount = exp(-option.rate * tauYears!);
  const size = discount * Math.max(forward!, strike!);
  const rootTau = Math.sqrt(tauYears!);
  const computed = {
    price: price(own.price, size),
    delta_forward: delta(own.deltaForward, 1),
    gamma_forward: greek(own.gammaForward, discount / forward!),
    vega: greek(own.vega, size * rootTau),
    theta: greek(own.theta, size * (Math.abs(option.rate) + vol! / rootTau)),
    rho: greek(own.rho, size * tauYears!),
    vanna: greek(own.vanna, discount * rootTau),
    volga: greek(own.volga, size * rootTau),
    d1: greek(own.d1, 1),
    d2: greek(own.d2, 1),
  };
  yield* groups(row, computed, { name, tolerances });
};

export const runBsm: Run = function* (row, name, tolerances) {
  const right = rightOf(row);
  if (right === null) return yield fail(name, 'type', 'neither call nor put');
  const [spot, strike, tauYears, vol] = ['S', 'K', 'T', 'sigma'].map((k) => quantityOf(row[k]));
  const rate = quantityOf(row['r']) || 0;
  const dividend = quantityOf(row['q']) || 0;
  const own = greeksBsm({
    right,
    spot: spot!,
    strike: strike!,
    tauYears: tauYears!,
    vol: vol!,
    rate,
    dividend,
  });
  const size = Math.max(spot!, strike!);
  const rootTau = Math.sqrt(tauYears!);
  const decay = size * (Math.abs(rate) + Math.abs(dividend) + vol! / rootTau);
  const computed = {
    price: price(own.price, size),
    delta: delta(own.delta, 1),
    gamma: greek(own.gamma, 1 / spot!),
    vega: greek(own.vega, size * rootTau),
    theta: greek(own.theta, decay),
    theta_per_year: greek(own.theta, decay),
    theta_per_day: greek(own.theta / 365, decay / 365),
    rho: greek(own.rho, size * tauYears!),
    dividend_rho: greek(own.dividendRho, size * tauYears!),
    vanna: greek(own.vanna, rootTau),
    volga: greek(own.volga, size * rootTau),
    d1: greek(own.d1, 1),
    d2: greek(own.d2, 1),
  };
  yield* groups(row, computed, { name, tolerances });
};

export const runDegenerate: Run = function* (row, name, tolerances) {
  const right = rightOf(row);
  if (right === null) return yield fail(name, 'type', 'neither call nor put');
  const [forward, strike, tauYears, vol, rate] = ['F', 'K', 'T', 'sigma', 'r'].map(
    (k) => quantityOf(row[k]) || 0,
  );
  const own = priceBlack76({
    right,
    forward: forward!,
    strike: strike!,
    tauYears: tauYears!,
    vol: vol!,
    rate: rate!,
  });
  const size = exp(-rate! * tauYears!) * Math.max(forward!, strike!);
  for (const field of ['price', 'quantlib_price']) {
    if (row[field] === undefined || row[field] === null) continue;
    yield compareComputed(price(own, size), row[field], { name, field, slack: 1, tolerances });
  }
};

export const runInverse: Run = function* (row, name, tolerances) {
  const right = rightOf(row);
  if (right === null) return yield fail(name, 'type', 'neither call nor put');
  const [forward, strike, tauYears, vol] = ['F', 'K', 'T', 'sigma'].map((k) => quantityOf(row[k]));
  const own = greeksInverse({ right, forward: forward!, strike: strike!, tauYears: tauYears!, vol: vol! });
  const size = Math.max(1, strike! / forward!);
  const rootTau = Math.sqrt(tauYears!);
  const computed = {
    price_coin: price(own.priceCoin, size),
    price_usd: price(own.priceUsd, size * forward!),
    black_delta: delta(own.blackDelta, 1),
    premium_adjusted_delta: delta(own.premiumAdjustedDelta, size),
    d_coin_dF: greek(own.coinByForward, size / forward!),
    d2_coin_dF2: greek(own.coinByForwardTwice, size / forward! / forward!),
    vega_coin: greek(own.vegaCoin, size * rootTau),
    theta_coin_per_year: greek(own.thetaCoin, (size * vol!) / rootTau),
  };
  yield* groups(row, computed, { name, tolerances });
};

import { assert } from '../base/assert.ts';
import { isFailure } from '../base/failure.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import type { AssetRule } from '../collateral/rules.ts';
import { buildMarket } from '../market/build.ts';
import type { AssetQuote, Depth, InstrumentQuote, Market, UnderlyingQuote } from '../market/market.ts';
import type { Account, Position } from '../portfolio/account.ts';
import { entryCostAtoms } from '../pricer/cost.ts';
import type { Asset, Derivative, Option, Perpetual } from '../product/product.ts';
import type { Factor, ScenarioFamily, ScenarioSet } from '../scenario/set.ts';
import type { AssessInput } from './assess.ts';
import { DEFAULT_METHODOLOGY } from './default-methodology.ts';
import type { Methodology } from './methodology.ts';
import { buildRiskModel, type ScenarioSets } from './risk-model.ts';
import type { ViewId } from './risk-view.ts';

/** A small venue for tests: two coins with options, a peg, a coin and a stablecoin of one issuer, and sets of sixty scenarios. */
export const TIME_MS: number = Date.UTC(2026, 0, 1, 8);
export const NEAR_MS: number = TIME_MS + 30 * 86_400_000;
export const FAR_MS: number = TIME_MS + 120 * 86_400_000;

const asset = (id: string, value: number, more: Partial<Asset> = {}): AssetQuote => ({
  asset: { id, places: 6, kind: 'coin', issuer: null, pegTo: null, ...more },
  index: { value, ageMs: 0, confidence: 1, degraded: false },
  averageValue: value,
  redemptionValue: null,
});

const ASSETS: readonly AssetQuote[] = [
  asset('BTC', 100_000, { places: 8 }),
  asset('ETH', 4_000, { places: 8 }),
  asset('LUNA', 50, { issuer: 'terra' }),
  asset('USD', 1, { kind: 'fiat', places: 2 }),
  asset('USDC', 0.9998, { kind: 'stable', issuer: 'circle', pegTo: 'USD' }),
  asset('UST', 0.99, { kind: 'stable', issuer: 'terra', pegTo: 'USD' }),
];

const depth = (dailyVolume: number): Depth => ({ dailyVolume, halfSpreadFrac: 0.0001, bands: [] });

function underlying(id: string, index: number, vol: number): UnderlyingQuote {
  const logMoneyness = [-1, -0.3, 0, 0.3, 1];
  const smile = (expiryMs: number) =>
    ({
      kind: 'grid',
      expiryMs,
      logMoneyness,
      vols: logMoneyness.map((k) => vol + 0.05 * Math.abs(k)),
    }) as const;
  return {
    id,
    forwards: [
      { expiryMs: NEAR_MS, forward: index * 1.004, rate: 0.04, confidence: 1 },
      { expiryMs: FAR_MS, forward: index * 1.015, rate: 0.04, confidence: 1 },
    ],
    surface: { smiles: [smile(NEAR_MS), smile(FAR_MS)] },
    depth: depth(index > 10_000 ? 20_000 : 300_000),
  };
}

const linear = (coin: string) =>
  ({ underlying: coin, settle: 'USDC', form: 'linear', lotAtoms: 1n, contractSize: 1 }) as const;
const perpetual = (coin: string, id: string): Perpetual => ({ ...linear(coin), kind: 'perpetual', id });
const option = (id: string, more: Partial<Option> & { strike: number; right: 'call' | 'put' }): Option => ({
  ...linear('BTC'),
  kind: 'option',
  id,
  expiryMs: NEAR_MS,
  ...more,
});
const inverse = { underlying: 'BTC', settle: 'BTC', form: 'inverse' } as const;

/** Every instrument; `…-TWIN` pays exactly what its sibling pays. */
export const PRODUCTS: readonly Derivative[] = [
  perpetual('BTC', 'BTC-P'),
  perpetual('BTC', 'BTC-P-TWIN'),
  perpetual('ETH', 'ETH-P'),
  perpetual('ETH', 'ETH-P-TWIN'),
  perpetual('LUNA', 'LUNA-P'),
  { ...inverse, kind: 'perpetual', id: 'BTC-INV', lotAtoms: 1n, contractSize: 10 },
  { ...linear('BTC'), kind: 'future', id: 'BTC-F', expiryMs: FAR_MS },
  option('BTC-C', { strike: 110_000, right: 'call' }),
  option('BTC-C-TWIN', { strike: 110_000, right: 'call' }),
  option('BTC-PUT', { strike: 90_000, right: 'put' }),
  option('BTC-PUT-FAR', { strike: 80_000, right: 'put', expiryMs: FAR_MS }),
  option('BTC-INV-C', { ...inverse, strike: 105_000, right: 'call' }),
  option('ETH-C', { ...linear('ETH'), strike: 4_400, right: 'call' }),
];

const MARKS: readonly (readonly [string, InstrumentQuote])[] = [
  ['BTC-P', { mark: { value: 100_050, ageMs: 0, confidence: 1, degraded: false }, fundingRate: 0.0001 }],
  ['BTC-P-TWIN', { mark: { value: 100_050, ageMs: 0, confidence: 1, degraded: false }, fundingRate: 0.0001 }],
];

/** The market, with replaced parts where a test needs them. */
export function makeMarket(
  change: {
    readonly assets?: readonly AssetQuote[];
    readonly underlyings?: readonly UnderlyingQuote[];
    readonly quotes?: readonly (readonly [string, InstrumentQuote])[];
    readonly timeMs?: number;
  } = {},
): Market {
  const assets = ASSETS.filter((q) => !change.assets?.some((c) => c.asset.id === q.asset.id));
  const market = buildMarket({
    revision: 7,
    timeMs: change.timeMs ?? TIME_MS,
    assets: [...assets, ...(change.assets ?? [])],
    underlyings: change.underlyings ?? [
      underlying('BTC', 100_000, 0.5),
      underlying('ETH', 4_000, 0.65),
      { id: 'LUNA', forwards: [], surface: null, depth: depth(5_000_000) },
    ],
    products: PRODUCTS,
    quotes: change.quotes ?? MARKS,
  });
  assert(!isFailure(market), `the market of the tests: ${JSON.stringify(market)}`);
  return market;
}

export const MARKET: Market = makeMarket();

const COUNT = 60;
const FACTORS: readonly (Factor & { readonly scale: number })[] = [
  { asset: 'BTC', kind: 'spot', scale: 0.04 },
  { asset: 'ETH', kind: 'spot', scale: 0.05 },
  { asset: 'LUNA', kind: 'spot', scale: 0.08 },
  { asset: 'USDC', kind: 'spot', scale: 0.002 },
  { asset: 'UST', kind: 'spot', scale: 0.02 },
  { asset: 'BTC', kind: 'volShort', scale: 0.15 },
  { asset: 'BTC', kind: 'volLong', scale: 0.08 },
  { asset: 'ETH', kind: 'volShort', scale: 0.15 },
  { asset: 'ETH', kind: 'volLong', scale: 0.08 },
  { asset: 'BTC', kind: 'basis', scale: 0.01 },
];

function makeSet(family: ScenarioFamily, seed: number, by: number): ScenarioSet {
  const draw = makeUniform(seed);
  const shocks = new Float64Array(FACTORS.length * COUNT);
  for (let s = 0; s < COUNT; s++) {
    const common = drawNormal(draw);
    FACTORS.forEach(({ kind, scale }, f) => {
      const shock = by * scale * (kind === 'spot' ? 0.8 * common + 0.6 * drawNormal(draw) : drawNormal(draw));
      shocks[f * COUNT + s] = Math.max(-0.9, Math.min(3, shock));
    });
  }
  const names = Array.from({ length: COUNT }, (_, s) => `${family}-${s}`);
  return { id: family, family, horizonDays: 1, count: COUNT, names, factors: FACTORS, shocks };
}

export const SETS: ScenarioSets = new Map<ViewId, ScenarioSet>([
  ['historical', makeSet('historical', 1, 1)],
  ['filtered', makeSet('filtered', 2, 1.2)],
  ['monte-carlo', makeSet('monte-carlo', 3, 1.15)],
  ['stress', makeSet('stress', 4, 3)],
]);

const plainRule = (id: string, treatment: AssetRule['treatment']): AssetRule => ({
  asset: id,
  treatment,
  tiers: [{ upToUsd: null, haircutFrac: 0.1 }],
  liabilityWeightFrac: 0,
  capUsd: null,
});

/** The default methodology over a pool without size tiers, caps and liability weights: everything is linear in the book. */
export const PLAIN: Methodology = {
  ...DEFAULT_METHODOLOGY,
  collateral: {
    assets: ['BTC', 'ETH', 'LUNA', 'USDC', 'UST']
      .map((id) => plainRule(id, 'scenarios'))
      .concat({ ...plainRule('USD', 'tiers'), tiers: [{ upToUsd: null, haircutFrac: 0 }] }),
    issuerCaps: [],
  },
};

export type Holding = readonly [instrument: string, quantity: number];

const atoms = (value: number, places: number): bigint => BigInt(Math.round(value * Number(`1e${places}`)));

/** One position entered at today's mark. */
export function makePosition([instrument, quantity]: Holding, market: Market = MARKET): Position {
  const product = market.products.get(instrument);
  assert(product !== undefined && product.kind !== 'spot', instrument);
  const quantityAtoms = atoms(quantity, 8);
  const costAtoms = entryCostAtoms(product, { quantityAtoms, price: null }, { market, field: instrument });
  assert(!isFailure(costAtoms), instrument);
  return { instrument, quantityAtoms, costAtoms, isolatedAtoms: null };
}

/** An account with balances in units and positions in contracts. */
export function makeAccount(
  holdings: readonly Holding[],
  balances: Readonly<Record<string, number>> = { USDC: 1_000_000 },
  more: Partial<Account> = {},
): Account {
  const amounts = Object.keys(balances)
    .sort()
    .map((id): [string, bigint] => [id, atoms(balances[id]!, MARKET.assets.get(id)!.asset.places)]);
  return {
    id: 'a',
    client: 'c',
    owner: 'o',
    mode: 'portfolio',
    balances: new Map(amounts),
    positions: holdings.map((holding) => makePosition(holding)),
    orders: [],
    creditLines: [],
    ...more,
  };
}

const DAILY_VOL: ReadonlyMap<string, number> = new Map([
  ['BTC', 0.03],
  ['ETH', 0.04],
  ['LUNA', 0.07],
]);

/** Everything an assessment of the account needs, under {@link PLAIN} unless said otherwise. */
export function inputOf(account: Account, change: Partial<AssessInput> = {}): AssessInput {
  const market = change.market ?? MARKET;
  const risk = market === MARKET ? RISK : buildRiskModel(SETS, market, PRODUCTS);
  assert(!isFailure(risk), `the rows of the tests: ${JSON.stringify(risk)}`);
  return {
    account,
    market,
    methodology: PLAIN,
    risk,
    dailyVol: DAILY_VOL,
    linked: [],
    previousHealth: 'healthy',
    ...change,
  };
}

const RISK = (() => {
  const risk = buildRiskModel(SETS, MARKET, PRODUCTS);
  assert(!isFailure(risk), `the rows of the tests: ${JSON.stringify(risk)}`);
  return risk;
})();

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { VolatilitySurface } from '../market/surface.ts';
import { type Asset, type Derivative, type Option, type Product, YEAR_MS } from '../product/product.ts';
import { repriceAll } from './reprice.ts';
import { revalueContract } from './revalue.ts';
import type { Factor, PnlMatrix, ScenarioSet } from './set.ts';
import { indexShocks, type RuledSet } from './shocks.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const EXPIRIES: readonly number[] = [7, 30, 75, 180, 400].map((days) => NOW_MS + days * DAY);
const INDEX = 100_000;
const USDC = 0.999;

function asset(id: string, kind: Asset['kind'], pegTo: string | null): Asset {
  return { id, places: 8, kind, issuer: null, pegTo };
}

function smileOf(expiryMs: number, kind: 'svi' | 'grid'): VolatilitySurface['smiles'][number] {
  const tau = (expiryMs - NOW_MS) / YEAR_MS;
  if (kind === 'svi') return { kind, expiryMs, a: 0.03 * tau, b: 0.4 * tau, rho: -0.3, m: 0.01, sigma: 0.3 };
  return { kind, expiryMs, logMoneyness: [-0.8, -0.2, 0, 0.2, 0.8], vols: [0.9, 0.65, 0.58, 0.57, 0.7] };
}

function marketOf(smiles: VolatilitySurface['smiles']): Market {
  const price = (value: number) => ({ value, ageMs: 0, confidence: 1, degraded: false });
  const quote = (of: Asset, value: number) =>
    [of.id, { asset: of, index: price(value), averageValue: value, redemptionValue: null }] as const;
  const forwards = EXPIRIES.map((expiryMs) => {
    return {
      expiryMs,
      forward: INDEX * (1 + (0.05 * (expiryMs - NOW_MS)) / YEAR_MS),
      rate: 0.03,
      confidence: 1,
    };
  });
  return {
    revision: 1,
    timeMs: NOW_MS,
    assets: new Map([
      quote(asset('BTC', 'coin', null), INDEX),
      quote(asset('USD', 'fiat', null), 1),
      quote(asset('USDC', 'stable', 'USD'), USDC),
    ]),
    underlyings: new Map([['BTC', { id: 'BTC', forwards, surface: { smiles }, depth: null }]]),
    products: new Map(),
    quotes: new Map([['PERP', { mark: price(100_200), fundingRate: null }]]),
  };
}

const MARKET = marketOf(EXPIRIES.map((expiryMs) => smileOf(expiryMs, 'svi')));

function option(
  form: Option['form'],
  right: Option['right'],
  at: { strike: number; expiry: number; settle?: string },
): Option {
  const settle = at.settle ?? (form === 'inverse' ? 'BTC' : 'USDC');
  return {
    kind: 'option',
    id: `${form} ${right} ${at.strike} ${at.expiry} ${settle}`,
    underlying: 'BTC',
    settle,
    lotAtoms: 1n,
    form,
    contractSize: 2,
    expiryMs: at.expiry,
    strike: at.strike,
    right,
  };
}

function future(form: Option['form'], expiryMs: number, settle?: string): Derivative {
  const id = `future ${form} ${expiryMs} ${settle}`;
  const contractSize = form === 'inverse' ? 100 : 0.5;
  const settled = settle ?? (form === 'inverse' ? 'BTC' : 'USDC');
  return {
    kind: 'future',
    id,
    underlying: 'BTC',
    settle: settled,
    lotAtoms: 1n,
    form,
    contractSize,
    expiryMs,
  };
}

function perpetual(form: Option['form'], id: string): Derivative {
  const settle = form === 'inverse' ? 'BTC' : 'USDC';
  return {
    kind: 'perpetual',
    id,
    underlying: 'BTC',
    settle,
    lotAtoms: 1n,
    form,
    contractSize: form === 'inverse' ? 100 : 1,
  };
}

const FACTORS: readonly Factor[] = [
  { asset: 'BTC', kind: 'spot' },
  { asset: 'USDC', kind: 'spot' },
  { asset: 'BTC', kind: 'volShort' },
  { asset: 'BTC', kind: 'volLong' },
  { asset: 'BTC', kind: 'skew' },
  { asset: 'BTC', kind: 'basis' },
];

/** One scenario a row of shocks in the order of {@link FACTORS}. */
function setOf(rows: readonly (readonly number[])[], factors: readonly Factor[] = FACTORS): ScenarioSet {
  const count = rows.length;
  const shocks = Float64Array.from(
    { length: factors.length * count },
    (_, at) => rows[at % count]![Math.floor(at / count)]!,
  );
  return {
    id: 'test',
    family: 'historical',
    horizonDays: 1,
    count,
    names: rows.map(String),
    factors,
    shocks,
  };
}

function repriced(products: readonly Product[], set: ScenarioSet, market: Market = MARKET): PnlMatrix {
  const matrix = repriceAll(products, market, set);
  if (isFailure(matrix)) throw new Error(JSON.stringify(matrix));
  return matrix;
}

const BOOK: readonly Derivative[] = [
  ...EXPIRIES.flatMap((expiry) =>
    [30_000, 95_000, 101_000, 160_000].flatMap((strike) =>
      (['call', 'put'] as const).flatMap((right) =>
        (['linear', 'inverse'] as const).map((form) => option(form, right, { strike, expiry })),
      ),
    ),
  ),
  option('linear', 'call', { strike: 90_000, expiry: EXPIRIES[2]! + DAY, settle: 'USD' }),
  future('linear', EXPIRIES[1]!),
  future('inverse', EXPIRIES[3]!),
  perpetual('linear', 'PERP'),
  perpetual('inverse', 'COIN-PERP'),
];

const shock = (least: number, most: number): fc.Arbitrary<number> =>
  fc.double({ min: least, max: most, noNaN: true });
const anyScenario = fc.tuple(
  shock(-0.9, 3),
  shock(-0.6, 0.2),
  shock(-0.9, 3),
  shock(-0.9, 1),
  shock(-0.3, 0.3),
  shock(-0.3, 0.3),
);

describe('revaluation', () => {
  it('gives exactly nothing where nothing moves (SCENARIO-003)', () => {
    const grid = marketOf(EXPIRIES.map((expiryMs) => smileOf(expiryMs, 'grid')));
    for (const market of [MARKET, grid]) {
      const { rows } = repriced(BOOK, setOf([[0, 0, 0, 0, 0, 0]]), market);
      for (const [id, row] of rows) expect(row[0] === 0, id).toBe(true);
      expect(rows.size).toBe(BOOK.length + 3);
    }
  });

  it('agrees with pricing the shocked market anew (SCENARIO-005)', () => {
    const grid = marketOf(EXPIRIES.map((expiryMs) => smileOf(expiryMs, 'grid')));
    fc.assert(
      fc.property(anyScenario, fc.boolean(), (scenario, gridded) => {
        const market = gridded ? grid : MARKET;
        const set = setOf([[0, 0, 0, 0, 0, 0], scenario]);
        const { rows } = repriced(BOOK, set, market);
        const shocks = indexShocks(set) as Exclude<ReturnType<typeof indexShocks>, Failure>;
        for (const product of BOOK) {
          const slow = revalueContract(product, market, { shocks, scenario: 1 }) as number;
          expect(Math.abs(slow - rows.get(product.id)![1]!), product.id).toBeLessThan(1e-8 * INDEX);
        }
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('keeps put–call parity in every scenario (SCENARIO-005)', () => {
    fc.assert(
      fc.property(
        anyScenario,
        fc.constantFrom(...EXPIRIES),
        shock(20_000, 250_000),
        (scenario, expiry, strike) => {
          const pair = (form: Option['form'], settle?: string) => [
            option(form, 'call', { strike, expiry, ...(settle === undefined ? {} : { settle }) }),
            option(form, 'put', { strike, expiry, ...(settle === undefined ? {} : { settle }) }),
          ];
          const linear = pair('linear', 'USD');
          const inverse = pair('inverse');
          const forward = future('linear', expiry, 'USD');
          const { rows } = repriced([...linear, ...inverse, forward], setOf([scenario]));
          const minus = ([call, put]: Option[]): number => rows.get(call!.id)![0]! - rows.get(put!.id)![0]!;
          const discount = Math.exp((-0.03 * (expiry - NOW_MS)) / YEAR_MS);
          expect(minus(linear)).toBeCloseTo(4 * discount * rows.get(forward.id)![0]!, 6);
          const before = MARKET.underlyings.get('BTC')!.forwards.find((f) => f.expiryMs === expiry)!.forward;
          const after = before * (1 + scenario[0]) * Math.exp((scenario[5] * (expiry - NOW_MS)) / YEAR_MS);
          const coins = 2 * strike * (1 / before - 1 / after);
          expect(minus(inverse)).toBeCloseTo(coins * INDEX * (1 + scenario[0]), 5);
        },
      ),
      { seed: 12, numRuns: 60 },
    );
  });

  it('prices futures and perpetuals by hand (SCENARIO-004)', () => {
    const products = [
      perpetual('linear', 'PERP'),
      perpetual('inverse', 'COIN-PERP'),
      future('linear', EXPIRIES[1]!, 'USD'),
    ];
    const { rows } = repriced(
      products,
      setOf([
        [-0.2, 0, 0, 0, 0, 0.1],
        [0, -0.1, 0, 0, 0, 0],
        [0.25, 0, 0, 0, 0, 0],
      ]),
    );
    const perp = rows.get('PERP')!;
    const markUsd = 100_200 * USDC;
    expect(perp[0]).toBeCloseTo(-0.2 * markUsd, 8);
    expect(perp[1]).toBeCloseTo((markUsd / (0.9 * USDC) - markUsd / USDC) * 0.9 * USDC, 8);
    expect(rows.get('COIN-PERP')![0]).toBeCloseTo(100 * (1 / INDEX - 1 / 80_000) * 80_000, 10);
    expect(rows.get('COIN-PERP')![2]).toBeCloseTo(100 * (1 / INDEX - 1 / 125_000) * 125_000, 10);
    const forward = INDEX * (1 + (0.05 * 30) / 365);
    const fallen = forward * 0.8 * Math.exp((0.1 * 30) / 365);
    expect(rows.get(products[2]!.id)![0]).toBeCloseTo(0.5 * (fallen - forward), 8);
  });

  it('makes inverse longs and coin collateral fall together, and a coin hedge exact (SCENARIO-003)', () => {
    const { rows } = repriced(
      [perpetual('inverse', 'COIN-PERP')],
      setOf([-0.6, -0.3, -0.1, 0.2, 0.7].map((s) => [s, 0, 0, 0, 0, 0])),
    );
    const coin = rows.get('BTC')!;
    const perp = rows.get('COIN-PERP')!;
    for (let s = 0; s < 5; s += 1) {
      expect(Math.sign(coin[s]!)).toBe(Math.sign(perp[s]!));
      // A coin held against a short of INDEX dollars of inverse contracts is worth the same dollars whatever happens.
      expect(coin[s]! - (INDEX / 100) * perp[s]!).toBeCloseTo(0, 6);
    }
  });

  it('moves volatility by tenor: flat outside 30 and 180 days, linear in ln(days) between (SCENARIO-006)', () => {
    const short = setOf([[0, 0, 0.4, 0, 0, 0]]);
    const both = setOf([[0, 0, 0.4, 0.4, 0, 0]]);
    const at = (expiry: number) => option('linear', 'call', { strike: 100_000, expiry, settle: 'USD' });
    const pnl = (set: ScenarioSet, expiry: number) =>
      repriced([at(expiry)], set).rows.get(at(expiry).id)![0]!;
    expect(pnl(short, EXPIRIES[0]!)).toBe(pnl(both, EXPIRIES[0]!));
    expect(pnl(short, EXPIRIES[1]!)).toBe(pnl(both, EXPIRIES[1]!));
    expect(pnl(short, EXPIRIES[3]!)).toBeCloseTo(0, 6);
    const weight = 1 - Math.log(75 / 30) / Math.log(6);
    expect(pnl(short, EXPIRIES[2]!)).toBeCloseTo(
      pnl(setOf([[0, 0, 0.4 * weight, 0.4 * weight, 0, 0]]), EXPIRIES[2]!),
      6,
    );
  });

  it('follows the rules of a set: power law, floor, wings, damping (SCENARIO-007, SCENARIO-008)', () => {
    const set: RuledSet = {
      ...setOf([
        [0, 0, 0.5, 0, 0, 0],
        [-0.1, 0, 0, 0, 0.1, 0],
        [-0.1, 0, 0, 0, 0.1, 0],
      ]),
      rules: {
        volPower: { short: 0.3, long: 0.13, daysMin: 10 },
        volMin: 0.01,
        skewForms: Uint8Array.of(0, 0, 1),
        pnlScales: Float64Array.of(1, 0.25, 1),
      },
    };
    const week = option('linear', 'put', { strike: 100_000, expiry: EXPIRIES[0]!, settle: 'USD' });
    const scale = (30 / 10) ** 0.3;
    const { rows } = repriced([week], set);
    expect(rows.get(week.id)![0]).toBeCloseTo(
      repriced([week], setOf([[0, 0, 0.5 * scale, 0, 0, 0]])).rows.get(week.id)![0]!,
      7,
    );
    const shocks = indexShocks(set) as Exclude<ReturnType<typeof indexShocks>, Failure>;
    for (const scenario of [1, 2]) {
      expect(rows.get(week.id)![scenario]).toBeCloseTo(
        revalueContract(week, MARKET, { shocks, scenario }) as number,
        6,
      );
    }
    expect(rows.get('BTC')![1]).toBeCloseTo(-0.1 * INDEX * 0.25, 9);
    expect(rows.get('BTC')![2]).toBeCloseTo(-0.1 * INDEX, 9);
  });
});

describe('revaluation refuses (SCENARIO-009)', () => {
  const call = option('linear', 'call', { strike: 100_000, expiry: EXPIRIES[1]! });
  const refusal = (products: readonly Product[], set: ScenarioSet, market: Market = MARKET): string => {
    const matrix = repriceAll(products, market, set);
    return isFailure(matrix) ? `${matrix.failure} ${matrix.value}` : 'accepted';
  };

  it('to hold a price or a volatility frozen', () => {
    const without = (missing: number) => FACTORS.filter((_, f) => f !== missing);
    const zero = (missing: number) => setOf([[0, 0, 0, 0, 0]], without(missing));
    expect(refusal([call], zero(0))).toBe('FACTOR_MISSING "BTC"');
    expect(refusal([], zero(1))).toBe('FACTOR_MISSING "USDC"');
    expect(refusal([call], zero(2))).toBe('FACTOR_MISSING "BTC:volShort"');
    expect(refusal([call], zero(3))).toBe('FACTOR_MISSING "BTC:volLong"');
    expect(refusal([call], zero(4))).toBe('accepted');
    expect(refusal([call], zero(5))).toBe('accepted');
  });

  it('shocks that no market can make, and sets that do not fit', () => {
    expect(refusal([], setOf([[-1, 0, 0, 0, 0, 0]]))).toBe('NUMBER_OUT_OF_RANGE -1');
    expect(refusal([], setOf([[NaN, 0, 0, 0, 0, 0]]))).toBe('NUMBER_NOT_FINITE NaN');
    expect(refusal([], { ...setOf([[0, 0, 0, 0, 0, 0]]), count: 2 })).toBe('SHAPE_INVALID 6');
    expect(refusal([], setOf([[0, 0]], [FACTORS[0]!, FACTORS[0]!]))).toBe('DUPLICATE_ID "BTC"');
  });

  it('a contract named like an asset, and a surface with negative variance', () => {
    expect(refusal([perpetual('linear', 'BTC')], setOf([[0, 0, 0, 0, 0, 0]]))).toBe('DUPLICATE_ID "BTC"');
    const broken = marketOf([
      { ...smileOf(EXPIRIES[1]!, 'svi'), a: -0.05 } as VolatilitySurface['smiles'][number],
    ]);
    expect(refusal([call], setOf([[0, 0, 0, 0, 0, 0]]), broken)).toMatch('VOLATILITY_INVALID');
    // w(k) = −0.05 + 0.2·√((k + 0.5)² + 0.01): positive at the money, negative where the forward has risen by two thirds.
    const hollow = marketOf([
      { kind: 'svi', expiryMs: EXPIRIES[1]!, a: -0.05, b: 0.2, rho: 0, m: -0.5, sigma: 0.1 },
    ]);
    expect(refusal([call], setOf([[0, 0, 0, 0, 0, 0]]), hollow)).toBe('accepted');
    expect(refusal([call], setOf([[0.65, 0, 0, 0, 0, 0]]), hollow)).toBe('NUMBER_NOT_FINITE NaN');
  });
});

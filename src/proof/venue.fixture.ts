import { assert } from '../base/assert.ts';
import { isFailure } from '../base/failure.ts';
import { drawBelow, makeUniform } from '../base/random.ts';
import { pureSha256 } from '../base/sha256.ts';
import { methodOfMode } from '../margin/assess.ts';
import { historyForMarket } from '../margin/default-history.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import type { Methodology } from '../margin/methodology.ts';
import { buildRiskModel, heldProducts } from '../margin/risk-model.ts';
import { type FittedScenarios, fitScenarios } from '../margin/scenario-sets.ts';
import { buildMarket } from '../market/build.ts';
import type { AssetQuote, Market, Price } from '../market/market.ts';
import type { Account, Position } from '../portfolio/account.ts';
import type { Product } from '../product/product.ts';
import type { AccountRecord } from './account-codec.ts';
import { assessRecord } from './assessed.ts';

/** A small venue for tests: four assets, five instruments, accounts of every kind. */
const TIME_MS = Date.UTC(2026, 0, 31, 8);
const MARCH_MS = Date.UTC(2026, 2, 27, 8);

const price = (value: number): Price => ({ value, ageMs: 0, confidence: 1, degraded: false });
const quote = (id: string, value: number, places: number): AssetQuote => ({
  asset: {
    id,
    places,
    kind: id === 'USD' ? 'fiat' : id === 'USDC' ? 'stable' : 'coin',
    issuer: null,
    pegTo: null,
  },
  index: price(value),
  averageValue: value,
  redemptionValue: null,
});

const listed = (
  id: string,
  underlying: string,
): Pick<Product, 'id' | 'underlying' | 'settle' | 'lotAtoms'> => ({
  id,
  underlying,
  settle: 'USDC',
  lotAtoms: 1_000_000n,
});

const PRODUCTS: readonly Product[] = [
  { ...listed('BTC-PERP', 'BTC'), kind: 'perpetual', form: 'linear', contractSize: 1 },
  { ...listed('ETH-PERP', 'ETH'), kind: 'perpetual', form: 'linear', contractSize: 1 },
  { ...listed('BTC-27MAR26', 'BTC'), kind: 'future', form: 'linear', contractSize: 1, expiryMs: MARCH_MS },
  ...([90_000, 110_000] as const).map((strike): Product => ({
    ...listed(`BTC-27MAR26-${strike}-C`, 'BTC'),
    kind: 'option',
    form: 'linear',
    contractSize: 1,
    expiryMs: MARCH_MS,
    strike,
    right: 'call',
  })),
];

const MARKS: Readonly<Record<string, number>> = {
  'BTC-PERP': 100_000,
  'ETH-PERP': 4_000,
  'BTC-27MAR26': 100_800,
  'BTC-27MAR26-90000-C': 13_500,
  'BTC-27MAR26-110000-C': 3_900,
};

export function fixtureMarket(): Market {
  const market = buildMarket({
    revision: 7,
    timeMs: TIME_MS,
    assets: [quote('BTC', 100_000, 8), quote('ETH', 4_000, 8), quote('USD', 1, 2), quote('USDC', 1, 6)],
    underlyings: ['BTC', 'ETH'].map((id) => ({
      id,
      forwards: id === 'BTC' ? [{ expiryMs: MARCH_MS, forward: 100_800, rate: 0.02, confidence: 1 }] : [],
      surface:
        id === 'BTC'
          ? { smiles: [{ kind: 'svi', expiryMs: MARCH_MS, a: 0.01, b: 0.05, rho: -0.2, m: 0, sigma: 0.3 }] }
          : null,
      depth: null,
    })),
    products: PRODUCTS,
    quotes: PRODUCTS.map(({ id }) => [id, { mark: price(MARKS[id]!), fundingRate: null }] as const),
  });
  assert(!isFailure(market), 'the market of the fixture is sound');
  return market;
}

export const FIXTURE_METHODOLOGY: Methodology = {
  ...DEFAULT_METHODOLOGY,
  historical: { lookbackDays: 120 },
  filtered: { ...DEFAULT_METHODOLOGY.filtered, lookbackDays: 120 },
  monteCarlo: { ...DEFAULT_METHODOLOGY.monteCarlo, count: 100 },
};

export function fixtureScenarios(market: Market): FittedScenarios {
  const history = historyForMarket(market);
  assert(!isFailure(history), 'a history can be generated');
  const fitted = fitScenarios(market, history, FIXTURE_METHODOLOGY);
  assert(!isFailure(fitted), 'scenarios can be fitted');
  return fitted;
}

const UNIT = 100_000_000n;

function position(instrument: string, contracts: bigint): Position {
  const costAtoms = contracts * BigInt(Math.round(MARKS[instrument]! * 1e6));
  return { instrument, quantityAtoms: contracts * UNIT, costAtoms, isolatedAtoms: null };
}

type Holding = readonly [id: string, usdc: bigint, positions: readonly Position[]];

/** Positions sum to zero per instrument. `short-of-margin` is below maintenance; `borrower` owes ETH against BTC. */
export function fixtureAccounts(): Account[] {
  const holdings: Holding[] = [
    ['alice', 400_000n, [position('BTC-PERP', 3n), position('BTC-27MAR26-110000-C', -5n)]],
    ['bob', 900_000n, [position('BTC-PERP', -5n), position('BTC-27MAR26', 2n)]],
    [
      'carol',
      700_000n,
      [
        position('ETH-PERP', -20n),
        position('BTC-27MAR26-110000-C', 5n),
        position('BTC-27MAR26-90000-C', -1n),
      ],
    ],
    ['short-of-margin', 9_000n, [position('BTC-PERP', 2n)]],
    ['dave', 250_000n, [position('ETH-PERP', 20n), position('BTC-27MAR26', -2n)]],
    ['idle', 0n, []],
  ];
  const plain = holdings.map(([id, usdc, positions]): Account => ({
    id,
    client: id,
    owner: id === 'dave' ? 'alice' : id,
    mode: id === 'bob' ? 'cross' : 'portfolio',
    balances: new Map(usdc === 0n ? [] : [['USDC', usdc * 1_000_000n]]),
    positions,
    orders: [],
    creditLines: [],
  }));
  const borrower: Account = {
    ...plain[5]!,
    id: 'borrower',
    client: 'borrower',
    owner: 'borrower',
    balances: new Map([
      ['BTC', 2n * UNIT],
      ['ETH', -10n * UNIT],
    ]),
  };
  const sleeved: Account = {
    ...plain[5]!,
    id: 'sleeved',
    client: 'sleeved',
    owner: 'sleeved',
    mode: 'isolated',
    balances: new Map([['USDC', 1_000_000_000n]]),
    positions: [{ ...position('BTC-27MAR26-90000-C', 1n), isolatedAtoms: 15_000_000_000n }],
  };
  return [...plain, borrower, sleeved];
}

/** The records of accounts, each assessed with the owner's other accounts. */
export function recordsOf(
  accounts: readonly Account[],
  market: Market,
  scenarios: FittedScenarios,
): AccountRecord[] {
  const risk = buildRiskModel(scenarios.sets, market, heldProducts(accounts, market));
  assert(!isFailure(risk), 'the products of the fixture can be repriced');
  return accounts.map((account) => {
    const record = assessRecord(
      methodOfMode(account.mode),
      {
        account,
        market,
        methodology: FIXTURE_METHODOLOGY,
        risk,
        dailyVol: scenarios.dailyVol,
        linked: linkedOf(account, accounts),
        previousHealth: 'healthy',
      },
      pureSha256,
    );
    assert(!isFailure(record), 'the accounts of the fixture can be assessed');
    return record;
  });
}

export function linkedOf(account: Account, accounts: readonly Account[]): Account[] {
  return accounts.filter((other) => other.owner === account.owner && other.id !== account.id);
}

/** Bytes that only the seed decides: keys, secrets and hashes for tests. */
export function fixtureBytes(length: number, seed: number): Uint8Array {
  const draw = makeUniform(seed);
  return Uint8Array.from({ length }, () => drawBelow(draw, 256));
}

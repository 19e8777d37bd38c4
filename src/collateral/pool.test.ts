import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { AssetQuote, Market } from '../market/market.ts';
import { afterTiers, assessPool, type Pool, type PoolLine, valuationPrice } from './pool.ts';
import { type AssetRule, type CollateralRules, publishedHaircuts } from './rules.ts';

function quote(
  id: string,
  more: Partial<AssetQuote> & { issuer?: string; confidence?: number } = {},
): AssetQuote {
  const { issuer = null, confidence = 1, ...rest } = more;
  return {
    asset: { id, places: 8, kind: 'coin', issuer, pegTo: null },
    index: { value: 100, ageMs: 0, confidence, degraded: false },
    averageValue: 100,
    redemptionValue: null,
    ...rest,
  };
}

const rule = (asset: string, more: Partial<AssetRule> = {}): AssetRule => ({
  asset,
  treatment: 'tiers',
  tiers: [{ upToUsd: null, haircutFrac: 0.1 }],
  liabilityWeightFrac: 0.05,
  capUsd: null,
  ...more,
});

function poolOf(
  holdings: Record<string, number>,
  quotes: readonly AssetQuote[],
  rules: Partial<CollateralRules> = {},
): Pool {
  const assets = new Map(quotes.map((q) => [q.asset.id, q]));
  const market: Market = {
    revision: 1,
    timeMs: 0,
    assets,
    underlyings: new Map(),
    products: new Map(),
    quotes: new Map(),
  };
  const pool = assessPool(new Map(Object.entries(holdings)), market, {
    assets: [],
    issuerCaps: [],
    ...rules,
  });
  if (isFailure(pool)) throw new Error(pool.expected);
  for (const line of pool.lines) {
    // COLLATERAL-009
    expect(line.grossUsd - line.haircutUsd - line.capCutUsd).toBeCloseTo(line.countedUsd, 9);
  }
  expect(pool.countedUsd).toBeCloseTo(
    pool.lines.reduce((sum, line) => sum + line.countedUsd, 0),
    9,
  );
  return pool;
}

const only = (pool: Pool): PoolLine => pool.lines[0]!;

describe('the price of collateral', () => {
  it('is the lower of index and average where owned, the higher where owed (COLLATERAL-001)', () => {
    const above = quote('A', { averageValue: 110 });
    expect([valuationPrice(above, true), valuationPrice(above, false)]).toEqual([100, 110]);
    const below = quote('A', { averageValue: 90 });
    expect([valuationPrice(below, true), valuationPrice(below, false)]).toEqual([90, 100]);
  });

  it('is never below what the issuer redeems, where owned (COLLATERAL-002)', () => {
    const thin = quote('A', { averageValue: 60, redemptionValue: 98 });
    expect([valuationPrice(thin, true), valuationPrice(thin, false)]).toEqual([98, 100]);
    expect(valuationPrice(quote('A', { redemptionValue: 70 }), true)).toBe(100);
  });
});

describe('what counts', () => {
  it('is the value after marginal tiers: 600,000 keeps 582,000 (COLLATERAL-004)', () => {
    const tiers = [
      { upToUsd: 100_000, haircutFrac: 0.025 },
      { upToUsd: 500_000, haircutFrac: 0.03 },
      { upToUsd: 1_000_000, haircutFrac: 0.035 },
    ];
    expect(afterTiers(600_000, tiers)).toBeCloseTo(582_000, 6);
    expect(afterTiers(2_000_000, tiers)).toBe(afterTiers(1_000_000, tiers));
  });

  it('is tiers or simulation, never both (COLLATERAL-003)', () => {
    const rules: CollateralRules = { assets: [rule('A', { treatment: 'scenarios' })], issuerCaps: [] };
    const simulated = only(poolOf({ A: 2 }, [quote('A')], rules));
    expect([simulated.countedUsd, simulated.simulatedAmount]).toEqual([200, 2]);
    const tiered = only(poolOf({ A: 2 }, [quote('A')], publishedHaircuts(rules)));
    expect([tiered.countedUsd, tiered.simulatedAmount]).toEqual([180, 0]);
  });

  it('weighs a debt more, also where it is simulated (COLLATERAL-005)', () => {
    const debt = only(poolOf({ A: -2 }, [quote('A')], { assets: [rule('A')] }));
    expect([debt.countedUsd, debt.simulatedAmount]).toEqual([-210, 0]);
    const simulated = rule('A', { treatment: 'scenarios' });
    expect(only(poolOf({ A: -2 }, [quote('A')], { assets: [simulated] })).simulatedAmount).toBe(-2.1);
  });

  it('ends at the caps of asset and issuer, in order of asset, and the simulated amount with it (COLLATERAL-006)', () => {
    const rules = {
      assets: [rule('A', { capUsd: 150, treatment: 'scenarios' }), rule('B', { treatment: 'scenarios' })],
      issuerCaps: [{ issuer: 'x', capUsd: 250 }],
    };
    const pool = poolOf({ B: 3, A: 2 }, [quote('B', { issuer: 'x' }), quote('A', { issuer: 'x' })], rules);
    expect(
      pool.lines.map((line) => [line.asset, line.countedUsd, line.capCutUsd, line.simulatedAmount]),
    ).toEqual([
      ['A', 150, 50, 1.5],
      ['B', 100, 200, 1],
    ]);
  });

  it('is nothing at a price that nobody trusts, but a debt stays one (COLLATERAL-007)', () => {
    const doubted = [quote('A', { confidence: 0 })];
    expect(only(poolOf({ A: 2 }, doubted, { assets: [rule('A')] })).countedUsd).toBe(0);
    expect(only(poolOf({ A: -2 }, doubted, { assets: [rule('A')] })).countedUsd).toBe(-210);
  });

  it('is nothing without a rule, and double where owed; unquoted is refused (COLLATERAL-008)', () => {
    expect(only(poolOf({ A: 2 }, [quote('A')])).countedUsd).toBe(0);
    expect(only(poolOf({ A: -2 }, [quote('A')])).countedUsd).toBe(-400);
    expect(() => poolOf({ Z: 1 }, [quote('A')])).toThrow('a quoted asset');
  });
});

describe('a holding that no sum can hold (MARGIN-007)', () => {
  it('is refused, by whatever price it is valued', () => {
    const market: Market = {
      revision: 1,
      timeMs: 0,
      assets: new Map([['A', quote('A', { redemptionValue: 1e300 })]]),
      underlyings: new Map(),
      products: new Map(),
      quotes: new Map(),
    };
    const pool = assessPool(new Map([['A', 1]]), market, { assets: [], issuerCaps: [] });
    expect(pool).toMatchObject({ failure: 'NUMBER_NOT_FINITE', field: 'balances.A', value: '1' });
  });
});

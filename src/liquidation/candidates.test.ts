import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { assess } from '../margin/assess.ts';
import { inputOf, makeAccount, makeMarket, MARKET } from '../margin/universe.fixture.ts';
import { valueBook } from '../margin/valued-book.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import { liquidityOf, reductionCandidates } from './candidates.ts';
import { type PlannedTrade, planReduction, type ReductionInput } from './reduction.ts';

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}

const DEEP: Market = makeMarket({
  underlyings: [...MARKET.underlyings.values()].map((underlying) => ({
    ...underlying,
    depth: {
      ...underlying.depth!,
      bands: [{ bandFrac: 0.02, quantity: underlying.depth!.dailyVolume / 10 }],
    },
  })),
});
const DAILY_VOL = new Map([
  ['BTC', 0.03],
  ['ETH', 0.04],
]);

const reportIn = (market: Market, account: Account) => given(assess('unified', inputOf(account, { market })));

function candidatesIn(market: Market, account: Account) {
  return reductionCandidates(given(valueBook(account, market)), reportIn(market, account), 0.005);
}

/** The account after trades at the mark: cost moves with quantity at today's value. */
function traded(account: Account, trades: readonly PlannedTrade[]): Account {
  const positions = account.positions.map((position) => {
    const trade = trades.find((t) => t.instrument === position.instrument);
    if (trade === undefined) return position;
    const quantityAtoms = position.quantityAtoms + trade.quantityAtoms;
    return {
      ...position,
      quantityAtoms,
      costAtoms: (position.costAtoms * quantityAtoms) / position.quantityAtoms,
    };
  });
  return { ...account, positions: positions.filter((p) => p.quantityAtoms !== 0n) };
}

describe('candidates of an assessed book', () => {
  const account = makeAccount([
    ['BTC-P', 20],
    ['BTC-F', -12],
    ['ETH-P', 150],
    ['BTC-C', -5],
  ]);

  it('split the maintenance requirement by contribution, hedges below zero (LIQUIDATION-005)', () => {
    const candidates = candidatesIn(DEEP, account);
    const report = reportIn(DEEP, account);
    const positions = report.positions.reduce((sum, p) => sum + p.initialUsd, 0);
    const sum = candidates.reduce((total, c) => total + c.contributionUsd, 0);
    expect(sum).toBeCloseTo((positions * report.maintenanceUsd) / report.initialUsd, 6);
    expect(candidates.find((c) => c.instrument === 'BTC-F')!.contributionUsd).toBeLessThan(0);
    expect(candidates.every((c) => c.closable)).toBe(true);
    expect(candidates.find((c) => c.instrument === 'BTC-C')!.spreadUsd).toBeGreaterThan(0);
  });

  it('are not closable on a price that is kept alive, nor without known depth (LIQUIDATION-005)', () => {
    const frozen = { value: 100_050, ageMs: 9e6, confidence: 0.3, degraded: true };
    const doubtful = makeMarket({
      underlyings: [...DEEP.underlyings.values()],
      quotes: [['BTC-P', { mark: frozen, fundingRate: null }]],
    });
    const closable = (market: Market) => candidatesIn(market, account).map((c) => c.closable);
    expect(closable(doubtful)).toEqual([false, true, true, true]);
    expect(closable(MARKET)).toEqual([false, false, false, false]);
  });

  it('read depth, volume and volatility in USD', () => {
    const liquidity = liquidityOf(DEEP, 0.01, DAILY_VOL).get('BTC')!;
    // Half of the 2 % band: 1,000 BTC at 100,000.
    expect(liquidity.depthUsd).toBeCloseTo(1e8, 3);
    expect(liquidity).toMatchObject({ dailyVolumeUsd: 2e9, dailyVol: 0.03 });
  });

  it('lead to a plan that restores the account under the real unified margin (LIQUIDATION-002, 008)', () => {
    const now = reportIn(DEEP, account);
    const owned = now.equityUsd - now.maintenanceUsd;
    const poor = {
      ...account,
      balances: new Map([['USDC', BigInt(Math.round((1e6 - owned - 15_000) * 1e6))]]),
    };
    const short = reportIn(DEEP, poor);
    expect(short.maintenanceUsd).toBeGreaterThan(short.equityUsd);
    const input: ReductionInput = {
      candidates: candidatesIn(DEEP, poor),
      liquidity: liquidityOf(DEEP, 0.01, DAILY_VOL),
      spentUsd: new Map(),
      rules: { targetRatio: 0.9, depthShareMax: 0.25, notionalUsdMax: 1e9, paceFactor: 1, impactFactor: 1 },
      now: short,
      assessAfter: (trades) => {
        const after = assess('unified', inputOf(traded(poor, trades), { market: DEEP }));
        const cost = trades.reduce((sum, t) => sum + t.costUsd, 0);
        if (isFailure(after)) return after;
        return { equityUsd: after.equityUsd - cost, maintenanceUsd: after.maintenanceUsd };
      },
    };
    const plan = given(planReduction(input));
    expect(plan.reached).toBe(true);
    const after = reportIn(DEEP, traded(poor, plan.trades));
    expect(after.maintenanceUsd / after.equityUsd).toBeLessThanOrEqual(0.9);
    expect(after.maintenanceUsd / after.equityUsd).toBeGreaterThan(0.85);
    expect(plan.trades.some((t) => t.instrument === 'BTC-F')).toBe(false);
  });
});

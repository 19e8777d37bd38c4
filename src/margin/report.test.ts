import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Account } from '../portfolio/account.ts';
import { assess, type AssessInput, methodOfMode } from './assess.ts';
import { compareMethods, isolationCost } from './compare.ts';
import { METHOD_IDS, type MarginReport, type MethodId } from './report.ts';
import { toExposure } from './risk-view.ts';
import {
  inputOf,
  makeAccount,
  makeMarket,
  makePosition,
  MARKET,
  PLAIN,
  TIME_MS,
} from './universe.fixture.ts';
import { valueBook } from './valued-book.ts';

function reportOf(method: MethodId, account: Account, change: Partial<AssessInput> = {}): MarginReport {
  const report = assess(method, inputOf(account, change));
  if (isFailure(report)) throw new Error(JSON.stringify(report));
  return report;
}

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);

/** Puts and calls, short and long, a hedge and a spread, and coins beside dollars. */
const BOOK = makeAccount(
  [
    ['BTC-C', -8],
    ['BTC-PUT', -6],
    ['BTC-P', 2],
    ['BTC-F', -3],
    ['ETH-P', 40],
    ['BTC-INV-C', 4],
  ],
  { USDC: 900_000, BTC: 2 },
);

describe('a margin report', () => {
  it.each(METHOD_IDS)(
    'of %s has parts that sum (METHOD-001, MARGIN-001, MARGIN-004, MARGIN-005, METHOD-071)',
    (method) => {
      const report = reportOf(method, BOOK);
      const { requirement } = report;
      const size = 1e-9 * Math.max(1, report.initialUsd);
      expect(report.method).toBe(method);
      expect(report.equityUsd).toBe(report.pool.countedUsd);
      expect(report.initialHeadroomUsd).toBe(report.equityUsd - report.initialUsd);
      expect(report.maintenanceHeadroomUsd).toBe(report.equityUsd - report.maintenanceUsd);
      expect(report.initialUsd).toBeGreaterThanOrEqual(report.maintenanceUsd);
      expect(report.maintenanceUsd).toBeGreaterThanOrEqual(0);
      expect(Math.abs(sum(requirement.components.map((c) => c.initialUsd)) - report.initialUsd)).toBeLessThan(
        size,
      );
      expect(
        Math.abs(sum(requirement.contributions.map((c) => c.initialUsd)) - report.initialUsd),
      ).toBeLessThan(size);
      expect(Math.abs(sum(report.underlyings.map((u) => u.initialUsd)) - report.initialUsd)).toBeLessThan(
        size,
      );
      expect([report.marketRevision, report.timeMs]).toEqual([MARKET.revision, MARKET.timeMs]);
      expect(report.methodology).toEqual({ id: PLAIN.id, version: PLAIN.version });
    },
  );

  it('is made by the method of the account’s mode where none is named (METHOD-001)', () => {
    expect((['isolated', 'cross', 'portfolio'] as const).map(methodOfMode)).toEqual([
      'isolated',
      'standard',
      'unified',
    ]);
  });

  it('has a hedge contribute less than nothing (MARGIN-005)', () => {
    const { positions } = reportOf(
      'filtered',
      makeAccount([
        ['BTC-P', 10],
        ['BTC-P-TWIN', -4],
      ]),
    );
    expect(positions[0]!.initialUsd).toBeGreaterThan(0);
    expect(positions[1]!.initialUsd).toBeLessThan(0);
  });

  it('asks nothing of an account without positions and debts, whatever it holds (MARGIN-006)', () => {
    const idle = makeAccount([], { LUNA: 10_000, BTC: 3 });
    for (const method of METHOD_IDS) {
      const report = reportOf(method, idle);
      expect([report.initialUsd, report.maintenanceUsd, report.marginRatio]).toEqual([0, 0, null]);
    }
    expect(reportOf('unified', makeAccount([], { LUNA: 10_000, USDC: -1_000 })).initialUsd).toBeGreaterThan(
      0,
    );
  });

  it('holds no number that is not finite (MARGIN-007)', () => {
    const quantityAtoms = 10n ** 30n;
    const huge = { ...makePosition(['BTC-P', 1]), quantityAtoms };
    const refused = assess('unified', inputOf({ ...BOOK, positions: [huge] }));
    expect(isFailure(refused) && refused.failure).toBe('NUMBER_NOT_FINITE');
    const rich = assess('unified', inputOf({ ...BOOK, balances: new Map([['BTC', 10n ** 30n]]) }));
    expect(isFailure(rich) && rich.failure).toBe('NUMBER_NOT_FINITE');
  });
});

describe('what is owned', () => {
  it('is the balance and value − cost of every pooled position (MARGIN-002)', () => {
    const held = { ...makePosition(['BTC-P', 2]), costAtoms: 190_000_000_000n };
    const book = valueBook(makeAccount([], { USDC: 1_000 }, { positions: [held] }), MARKET);
    if (isFailure(book)) throw new Error(book.expected);
    expect(book.holdings.get('USDC')).toBeCloseTo(1_000 + 2 * 100_050 - 190_000, 6);
  });

  it('leaves an option at its premium out: entered at the mark it adds nothing (MARGIN-003)', () => {
    const fresh = valueBook(
      makeAccount(
        [
          ['BTC-C', -8],
          ['BTC-PUT', 5],
        ],
        { USDC: 1_000 },
      ),
      MARKET,
    );
    if (isFailure(fresh)) throw new Error(fresh.expected);
    expect(fresh.holdings.get('USDC')).toBeCloseTo(1_000, 4);
    const paid = { ...makePosition(['BTC-C', -8]), costAtoms: 0n };
    const netOfPremium = valueBook(makeAccount([], { USDC: 1_000 }, { positions: [paid] }), MARKET);
    if (isFailure(netOfPremium)) throw new Error(netOfPremium.expected);
    const value = netOfPremium.pooled[0]!.contract.valueSettle;
    expect(netOfPremium.holdings.get('USDC')).toBeCloseTo(1_000 - 8 * value, 6);
  });

  it('moves scenario by scenario as Σ quantity · row, collateral included (SCENARIO-001)', () => {
    const input = inputOf(BOOK);
    const report = reportOf('filtered', BOOK);
    const view = input.risk.get('filtered')!;
    const book = valueBook(BOOK, MARKET);
    if (isFailure(book)) throw new Error(book.expected);
    const exposure = toExposure(view, book.pooled, report.pool);
    if (isFailure(exposure)) throw new Error(exposure.expected);
    for (let s = 0; s < view.set.count; s++) {
      let by = 0;
      for (const { product, quantity } of book.pooled) by += quantity * view.matrix.rows.get(product.id)![s]!;
      for (const line of report.pool.lines) {
        if (line.simulatedAmount !== 0) by += line.simulatedAmount * view.matrix.rows.get(line.asset)![s]!;
      }
      expect(exposure.total[s]).toBeCloseTo(by, 6);
    }
    const unknown = toExposure({ ...view, matrix: { count: 60, rows: new Map() } }, book.pooled, report.pool);
    expect(isFailure(unknown) && unknown.failure).toBe('PRICE_MISSING');
  });
});

describe('a credit line (MARGIN-008)', () => {
  const line = { id: 'l', limitUsd: 300_000, grantor: 'g', approver: 'h', expiryMs: TIME_MS + 1 };

  it('stands behind the ratio and the call until it expires, and is no equity', () => {
    const account = makeAccount([['BTC-C', -40]], { USDC: 300_000 });
    const plain = reportOf('unified', account);
    const backed = reportOf('unified', { ...account, creditLines: [line] });
    const expired = reportOf('unified', { ...account, creditLines: [{ ...line, expiryMs: TIME_MS }] });
    expect([backed.equityUsd, backed.initialUsd]).toEqual([plain.equityUsd, plain.initialUsd]);
    expect(backed.creditUsd).toBe(300_000);
    expect(backed.marginRatio!).toBeCloseTo(plain.maintenanceUsd / (plain.equityUsd + 300_000), 12);
    expect(expired.creditUsd).toBe(0);
  });

  it('is counted before a call is made; a call asks for the way back to the initial requirement (MARGIN-009)', () => {
    const account = makeAccount([['BTC-P', 16]], { USDC: 120_000 });
    const called = reportOf('unified', account);
    expect(called.health).toBe('liquidating');
    expect(called.callUsd).toBeCloseTo(called.initialUsd - called.equityUsd, 6);
    const backed = reportOf('unified', { ...account, creditLines: [line] });
    expect([backed.health, backed.callUsd]).toEqual(['healthy', 0]);
  });
});

describe('a position with collateral of its own (METHOD-012)', () => {
  it('is outside the pool, and has a line of its own', () => {
    const alone = { ...makePosition(['ETH-P', 40]), isolatedAtoms: 20_000_000_000n };
    const without = reportOf('unified', makeAccount([['BTC-P', 1]]));
    const beside = reportOf('unified', {
      ...makeAccount([['BTC-P', 1]]),
      positions: [makePosition(['BTC-P', 1]), alone],
    });
    expect([beside.equityUsd, beside.initialUsd]).toEqual([without.equityUsd, without.initialUsd]);
    const [sleeve] = beside.sleeves;
    expect(sleeve!.collateralUsd).toBeCloseTo(20_000 * 0.9998, 6);
    expect(sleeve!.equityUsd).toBeCloseTo(sleeve!.collateralUsd, 2);
    expect(sleeve!.initialUsd).toBeCloseTo(0.12 * 40 * 4_000, 6);
    expect(sleeve!.maintenanceUsd).toBeCloseTo(0.5 * sleeve!.initialUsd, 9);
  });
});

describe('the comparison (MARGIN-010)', () => {
  it('is every method on the same book, as each reports alone', () => {
    const compared = compareMethods(inputOf(BOOK));
    if (isFailure(compared)) throw new Error(compared.expected);
    expect(compared.map((c) => c.method)).toEqual([...METHOD_IDS]);
    for (const { method, initialUsd, maintenanceUsd, equityUsd } of compared) {
      const report = reportOf(method, BOOK);
      expect([initialUsd, maintenanceUsd, equityUsd]).toEqual([
        report.initialUsd,
        report.maintenanceUsd,
        report.equityUsd,
      ]);
    }
  });

  it('says what isolation would cost: the sum of every part alone', () => {
    const cost = isolationCost('filtered', inputOf(BOOK));
    const alone = BOOK.positions.map((position) => {
      const account = { ...BOOK, balances: new Map<string, bigint>(), positions: [position] };
      return reportOf('filtered', account).initialUsd;
    });
    expect(cost).toBeGreaterThan(sum(alone));
    const dollars = makeAccount([['BTC-C', -8]], { USD: 500_000 });
    const single = reportOf('filtered', dollars).initialUsd;
    expect(isolationCost('filtered', inputOf(dollars))).toBeCloseTo(single, 0);
  });
});

describe('the notional of a contract (PRODUCT-004)', () => {
  it('is m·index, or m dollars, whatever the mark', () => {
    const report = reportOf(
      'unified',
      makeAccount([
        ['BTC-P', -2],
        ['BTC-INV', 5],
        ['BTC-C', 3],
      ]),
    );
    expect(report.positions.map((p) => p.notionalUsd)).toEqual([200_000, 50, 300_000]);
    expect(makeMarket().quotes.get('BTC-P')!.mark.value).toBe(100_050);
  });
});

describe('open orders in the comparison (MARGIN-010, MARGIN-020)', () => {
  const order = { id: 'o', instrument: 'BTC-P', quantityAtoms: 500_000_000n, price: 99_000 };

  it('need there what they need in the report, and the same when everything stands alone', () => {
    const account = { ...BOOK, orders: [order] };
    const compared = compareMethods(inputOf(account));
    if (isFailure(compared)) throw new Error(compared.expected);
    for (const { method, initialUsd } of compared) {
      expect(initialUsd, method).toBe(reportOf(method, account).initialUsd);
    }
    const need = reportOf('unified', account).initialUsd - reportOf('unified', BOOK).initialUsd;
    const [without, beside] = [BOOK, account].map((a) => isolationCost('unified', inputOf(a)) as number);
    expect(beside! - without!).toBeCloseTo(need, 6);
  });

  it('are not taken for a position of quantity zero', () => {
    const account = { ...makeAccount([['BTC-P', 0]]), orders: [order] };
    const report = reportOf('unified', account);
    expect(report.initialUsd).toBeGreaterThan(0);
    expect(report.positions.map((p) => p.initialUsd)).toEqual([0]);
  });
});

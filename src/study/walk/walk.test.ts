import { describe, expect, it } from 'vitest';
import { QUANTITY_PLACES, roundDownAtoms } from '../../base/amount.ts';
import { assess } from '../../margin/assess.ts';
import { buildRiskModel } from '../../margin/risk-model.ts';
import { fitScenarios } from '../../margin/scenario-sets.ts';
import type { Account } from '../../portfolio/account.ts';
import type { History } from '../../scenario/history.ts';
import type { HypotheticalBook } from '../books.ts';
import { publishedHaircuts } from '../../collateral/rules.ts';
import { listedAt } from '../market-of-day.ts';
import { type Day, holdBook, priceDay } from './day.ts';
import { planWalk, type WalkPlan, type WalkRequest } from './plan.ts';
import type { DayOutcome } from './table.ts';
import { atStep, makeWalker, withoutClosingCosts } from './walker.ts';
import { given, HISTORY, requestOf } from './walk.fixture.ts';

function walk(request: WalkRequest, days: readonly number[]): DayOutcome[] {
  const walker = makeWalker(given(planWalk(request)));
  return days.map((day) => given(walker.assess(day)));
}

/** The same prices up to a row, others after it. */
function withOtherFuture(history: History, lastRow: number): History {
  const series = history.series.map((one, i) => ({
    ...one,
    values: one.values.map((value, row) =>
      row <= lastRow ? value : value * (1 + 0.3 * ((row + i) % 5) - 0.5),
    ),
  }));
  return { ...history, series };
}

const ALL = Array.from({ length: 8 }, (_, d) => d);

describe('walking through history', () => {
  it('does not look ahead: another future changes no margin before it, and no outcome that ended before it', () => {
    const request = requestOf({});
    const plan = given(planWalk(request));
    const turn = 4;
    const changed = { ...request, history: withOtherFuture(HISTORY, plan.rows[turn]!) };
    const [before, after] = [walk(request, ALL), walk(changed, ALL)];
    for (let d = 0; d <= turn; d += 1) expect(after[d]!.margins).toEqual(before[d]!.margins);
    for (let d = 0; d < turn; d += 1) expect(after[d]!.pnl).toEqual(before[d]!.pnl);
    expect(after[turn]!.pnl).not.toEqual(before[turn]!.pnl);
    expect(after[turn + 2]!.margins).not.toEqual(before[turn + 2]!.margins);
  });

  it('gives the same bits in whatever order and share the moments are computed', () => {
    const request = requestOf({});
    const together = walk(request, ALL);
    const apart = [...walk(request, [7, 2, 5]), ...walk(request, [6, 0]), ...walk(request, [1, 4, 3])];
    apart.sort((a, b) => a.day - b.day);
    expect(apart).toEqual(together);
  });

  it('takes separate windows for a longer liquidation period', () => {
    const plan = given(planWalk(requestOf({ horizonDays: 2 })));
    expect(plan.rows[1]! - plan.rows[0]!).toBe(2);
    const outcome = given(makeWalker(plan).assess(1));
    expect(outcome.margins.every((margin) => margin.every((usd) => usd >= 0))).toBe(true);
  });

  it('keeps half-lives in days and numbers of scenarios where steps are hours', () => {
    const { methodology } = requestOf({}).methods[0]!;
    const hourly = atStep(methodology, { horizonDays: 1 / 24, stepDays: 1 / 24 });
    expect(hourly.filtered.decay ** 24).toBeCloseTo(methodology.filtered.decay, 12);
    expect(hourly.filtered.lookbackDays).toBe(Math.round(methodology.filtered.lookbackDays / 24));
    expect(atStep(methodology, { horizonDays: 1, stepDays: 1 })).toEqual(methodology);
  });

  it('refuses a horizon that is no whole number of steps, and a history without a warm-up', () => {
    expect(planWalk(requestOf({ horizonDays: 0.3 }))).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    expect(planWalk(requestOf({ refitEvery: 0.5 }))).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    expect(planWalk(requestOf({ toMs: HISTORY.timesMs[100]! }))).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
  });
});

/** The book as an account of the engine, at the day's prices with nothing unrealised. */
function accountOf(book: HypotheticalBook, day: Day): Account {
  const { market, marks } = day;
  const { collateral } = requestOf({}).methods[0]!.methodology;
  const held = given(
    holdBook(book, day, { simulated: collateral, published: publishedHaircuts(collateral) }),
  );
  return {
    id: book.id,
    client: 'twin',
    owner: 'twin',
    mode: 'portfolio',
    balances: new Map([...held.valued.holdings].map(([id, amount]) => [id, roundDownAtoms(amount, 8)])),
    positions: held.valued.pooled.map(({ product, quantity }) => {
      const { places } = market.assets.get(product.settle)!.asset;
      const quantityAtoms = roundDownAtoms(quantity, QUANTITY_PLACES);
      const costAtoms = roundDownAtoms(quantity * marks.get(product.id)!.valueSettle, places);
      return { instrument: product.id, quantityAtoms, costAtoms, isolatedAtoms: null };
    }),
    orders: [],
    creditLines: [],
  };
}

function dayOf(plan: WalkPlan, index: number): Day {
  const { levels, assets, instruments, rows } = plan;
  const row = rows[index]!;
  return given(
    priceDay({ levels, row, laterRow: row + 1, assets: listedAt(levels, assets, [row]), instruments }),
  );
}

describe('the fast walk and the engine itself', () => {
  const request = requestOf({ refitEvery: 1 });
  const plan = given(planWalk(request));
  const index = 3;
  const outcome = given(makeWalker(plan).assess(index));
  const day = dayOf(plan, index);
  const methodology = withoutClosingCosts(request.methods[0]!.methodology);
  const kept = new Set(day.market.assets.keys());
  const series = plan.levels.history.series.filter(({ factor }) => kept.has(factor.asset));
  const fitted = given(fitScenarios(day.market, { ...plan.levels.history, series }, methodology));
  const risk = given(buildRiskModel(fitted.sets, day.market, [...day.products.values()]));

  it.each(request.methods.flatMap(({ method }, m) => (method === 'normal' ? [] : [[method, m] as const])))(
    'ask the same of every book by method %s',
    (method, m) => {
      for (const [i, b] of outcome.alive.entries()) {
        const account = accountOf(request.books[b]!, day);
        const report = given(
          assess(method, {
            account,
            market: day.market,
            methodology,
            risk,
            dailyVol: fitted.dailyVol,
            linked: [],
            previousHealth: 'healthy',
          }),
        );
        const expected = report.initialUsd + (report.pool.grossUsd - report.pool.countedUsd);
        const found = outcome.margins[m]![i]!;
        expect(Math.abs(found - expected), `${method} ${request.books[b]!.id}`).toBeLessThan(
          1e-5 * expected + 0.05,
        );
      }
      expect(outcome.alive.length).toBe(request.books.length);
    },
  );
});

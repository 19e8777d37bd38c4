import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nextStep,
  openWaterfall,
  type Readiness,
  WATERFALL_STAGES,
  type Waterfall,
  type WaterfallFacts,
  type WaterfallRules,
  type WaterfallStep,
} from './waterfall.ts';

const RULES: WaterfallRules = {
  targetRatio: 0.9,
  roundsMax: 3,
  marketMsMax: 60_000,
  auctionMsMax: 30_000,
  intervalMs: 5_000,
};

function factsOf(change: Partial<WaterfallFacts> = {}): WaterfallFacts {
  return {
    timeMs: 1_000,
    equityUsd: 100,
    maintenanceUsd: 120,
    openOrders: 0,
    openPositions: 2,
    allowed: true,
    reduction: () => 'impossible',
    hedge: () => 'impossible',
    backstop: () => null,
    fund: () => true,
    ...change,
  };
}
const START = openWaterfall('a', 1_000);
const stepOf = (change: Partial<WaterfallFacts>, from: Waterfall = START): WaterfallStep =>
  nextStep(from, factsOf(change), RULES);
const kindOf = (step: WaterfallStep): string => step.action.kind;

describe('the waterfall of an account (LIQUIDATION-001)', () => {
  it('cancels orders first, and once (LIQUIDATION-003)', () => {
    const first = stepOf({ openOrders: 3, reduction: () => 'ready' });
    expect(first).toMatchObject({ action: { kind: 'cancel-orders' }, rule: 'LIQUIDATION-003' });
    expect(kindOf(stepOf({ openOrders: 3, reduction: () => 'ready' }, first.waterfall))).toBe('reduce');
  });

  it('ends restored within the target (LIQUIDATION-002)', () => {
    expect(stepOf({ maintenanceUsd: 90 }).action).toEqual({ kind: 'end', outcome: 'restored' });
    expect(kindOf(stepOf({ maintenanceUsd: 91 }))).not.toBe('end');
  });

  it('reduces while it can, hedges what it cannot, then auctions (LIQUIDATION-004, LIQUIDATION-009, LIQUIDATION-011)', () => {
    let at = START;
    const kinds = [];
    const ready = { reduction: (): Readiness => 'ready', hedge: (): Readiness => 'ready' };
    for (let i = 0; i < 6; i++) {
      const step = stepOf(ready, at);
      kinds.push(kindOf(step));
      at = step.waterfall;
    }
    expect(kinds).toEqual(['reduce', 'reduce', 'reduce', 'hedge', 'open-auction', 'wait']);
    expect(stepOf({ ...ready, timeMs: 30_999 }, at).action).toEqual({ kind: 'wait', untilMs: 31_000 });
    expect(kindOf(stepOf({ ...ready, timeMs: 31_000 }, at))).toBe('deleverage');
    expect(kindOf(stepOf({ maintenanceUsd: 10 }, at))).toBe('end');
  });

  it('waits for the next interval where the pace is used up, but not beyond the time the market has (LIQUIDATION-006)', () => {
    const paced = { reduction: (): Readiness => 'paced' };
    expect(stepOf({ ...paced, timeMs: 7_400 })).toMatchObject({
      action: { kind: 'wait', untilMs: 10_000 },
      rule: 'LIQUIDATION-006',
      waterfall: { stage: 'reduction', rounds: 0 },
    });
    expect(kindOf(stepOf({ ...paced, timeMs: 61_000 }))).toBe('open-auction');
  });

  it('offers a book without equity to the backstop, then to the fund, then deleverages (LIQUIDATION-013, 015, 016)', () => {
    const broke = { equityUsd: -10, reduction: (): Readiness => 'ready' };
    expect(stepOf({ ...broke, backstop: () => 'b' }).action).toEqual({ kind: 'take-over', backstop: 'b' });
    const drawn = stepOf(broke);
    expect(kindOf(drawn)).toBe('draw-fund');
    // Paid up, the account is closed all the same: a better price does not give it back.
    const paid = { ...broke, equityUsd: 500, maintenanceUsd: 10 };
    expect(kindOf(stepOf({ ...paid, backstop: () => 'b' }, drawn.waterfall))).toBe('take-over');
    const deleveraged = stepOf(paid, drawn.waterfall);
    expect(kindOf(deleveraged)).toBe('deleverage');
    expect(kindOf(stepOf({ ...broke, fund: () => false }))).toBe('deleverage');
    // Too few counterparties: again in the next interval.
    expect(kindOf(stepOf(broke, deleveraged.waterfall))).toBe('wait');
    expect(kindOf(stepOf({ ...broke, timeMs: 6_000 }, deleveraged.waterfall))).toBe('deleverage');
  });

  it('shares what is left of the loss when all is closed, and ends (LIQUIDATION-021, 022)', () => {
    const closed = { openPositions: 0, equityUsd: -10 };
    const drawn = stepOf(closed);
    expect(kindOf(drawn)).toBe('draw-fund');
    const shared = stepOf(closed, drawn.waterfall);
    expect(kindOf(shared)).toBe('share-loss');
    const over = stepOf(closed, shared.waterfall);
    expect(over.action).toEqual({ kind: 'end', outcome: 'loss-shared' });
    expect(kindOf(stepOf({ maintenanceUsd: 1e9 }, over.waterfall))).toBe('end');
    expect(stepOf({ openPositions: 0, equityUsd: 0 }).action).toEqual({ kind: 'end', outcome: 'closed' });
  });

  it('does nothing in the market while a breaker pauses liquidations (LIQUIDATION-023)', () => {
    const paused = { allowed: false, reduction: (): Readiness => 'ready', backstop: () => 'b' };
    expect(stepOf(paused)).toMatchObject({
      action: { kind: 'wait', untilMs: 6_000 },
      rule: 'LIQUIDATION-023',
    });
    expect(kindOf(stepOf({ ...paused, equityUsd: -5 }))).toBe('wait');
    expect(kindOf(stepOf({ ...paused, openOrders: 1 }))).toBe('cancel-orders');
    expect(kindOf(stepOf({ ...paused, maintenanceUsd: 1 }))).toBe('end');
  });
});

const readiness = fc.constantFrom<Readiness>('ready', 'paced', 'impossible');
const anyFacts = fc.record({
  elapsedMs: fc.integer({ min: 0, max: 20_000 }),
  equityUsd: fc.double({ min: -100, max: 1_000, noNaN: true }),
  maintenanceUsd: fc.double({ min: 0, max: 1_000, noNaN: true }),
  openOrders: fc.nat(2),
  openPositions: fc.nat(3),
  allowed: fc.boolean(),
  reduction: readiness,
  hedge: readiness,
  backstop: fc.constantFrom(null, 'b'),
  fund: fc.boolean(),
});

describe('any course of events', () => {
  it('moves to the right only, trades only with leave and equity, and pays from the fund once (LIQUIDATION-001, 023)', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { maxLength: 60 }), (course) => {
        let at = START;
        let timeMs = 1_000;
        let draws = 0;
        for (const { elapsedMs, reduction, hedge, backstop, fund, ...rest } of course) {
          timeMs += elapsedMs;
          const facts = factsOf({
            ...rest,
            timeMs,
            reduction: () => reduction,
            hedge: () => hedge,
            backstop: () => backstop,
            fund: () => fund,
          });
          const step = nextStep(at, facts, RULES);
          expect(nextStep(at, facts, RULES)).toEqual(step);
          const place = (w: Waterfall): number => WATERFALL_STAGES.indexOf(w.stage);
          expect(place(step.waterfall)).toBeGreaterThanOrEqual(place(at));
          const { kind } = step.action;
          const inMarket = ['reduce', 'hedge', 'open-auction'].includes(kind);
          if (inMarket) expect(facts.equityUsd > 0 && facts.allowed && facts.openPositions > 0).toBe(true);
          if (kind === 'take-over' || kind === 'deleverage') expect(facts.allowed).toBe(true);
          if (kind === 'draw-fund') draws++;
          if (kind === 'share-loss') expect(facts.equityUsd < 0 && facts.openPositions === 0).toBe(true);
          if (step.action.kind === 'wait') expect(step.action.untilMs).toBeGreaterThan(timeMs);
          expect(step.rule).toMatch(/^LIQUIDATION-\d{3}$/);
          expect(step.reason).not.toBe('');
          at = step.waterfall;
        }
        expect(draws).toBeLessThanOrEqual(1);
        expect(at.rounds).toBeLessThanOrEqual(RULES.roundsMax);
      }),
      { seed: 61, numRuns: 2000 },
    );
  });

  it('comes to its end where steps do what they are for (LIQUIDATION-022)', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 1, max: 12 }), (first, size) => {
        let at = START;
        let timeMs = 1_000;
        let positions = size;
        let equity = first.equityUsd;
        for (let i = 0; i < 200 && at.stage !== 'ended'; i++) {
          const facts = factsOf({
            ...first,
            allowed: true,
            timeMs,
            equityUsd: equity,
            openPositions: positions,
            reduction: () => (i % 2 === 0 ? first.reduction : 'paced'),
            hedge: () => first.hedge,
            backstop: () => first.backstop,
            fund: () => first.fund,
          });
          const { action, waterfall } = nextStep(at, facts, RULES);
          if (action.kind === 'wait') timeMs = action.untilMs;
          if (action.kind === 'take-over') [positions, equity] = [0, 0];
          if (action.kind === 'deleverage') positions = Math.max(0, positions - 5);
          if (action.kind === 'draw-fund') equity /= 2;
          at = waterfall;
        }
        expect(at.stage).toBe('ended');
      }),
      { seed: 62, numRuns: 2000 },
    );
  });
});

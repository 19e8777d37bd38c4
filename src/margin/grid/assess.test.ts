import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { priceBlack76 } from '../../pricer/black76.ts';
import { assessGrid, BASIS, type GridResult } from './assess.ts';
import { type GridBook, type GridExpiry, type GridLeg, splitForward } from './book.ts';
import type { GridModel } from './model.ts';
import { DERIVE_PMRM1, DERIVE_PMRM2 } from './presets.ts';

const EMPTY: GridBook = {
  cash: 0,
  stablePrice: 1,
  spot: { price: 3000, confidence: 1 },
  perpetuals: [],
  collaterals: [],
  expiries: [],
};

function assessed(book: GridBook, model: GridModel): GridResult {
  const result = assessGrid(book, model);
  if (isFailure(result)) throw new Error(JSON.stringify(result));
  return result;
}

function expiryOf(seconds: number, forward: number, legs: readonly GridLeg[]): GridExpiry {
  const confidence = { forward: 1, rate: 1, vol: 1 };
  return { seconds, ...splitForward(forward, seconds), rate: 0.15, confidence, futureQuantity: 0, legs };
}

const PERPETUAL = {
  quantity: 1,
  price: 3100,
  confidence: 1,
  unrealisedPnl: 0,
  unrealisedFunding: 10,
  fundingRateHourly: 0,
};

describe('the current Derive model', () => {
  it('reproduces the published single perpetual (METHOD-030)', () => {
    const result = assessed({ ...EMPTY, perpetuals: [PERPETUAL] }, DERIVE_PMRM2);
    expect(result.worst.pnl).toBeCloseTo(-558, 10);
    expect(result.contingencies.perpetual).toEqual({ maintenance: 45, initial: 15 });
    expect(result.headroom.maintenance).toBeCloseTo(-481.4, 10);
    expect(result.headroom.initial).toBeCloseTo(-608, 10);
  });

  it('reproduces the published short call, mark vol and forward to the digits that are printed (METHOD-031, METHOD-033, METHOD-034)', () => {
    const legs: readonly GridLeg[] = [{ strike: 100_000, right: 'call', amount: -1, vol: 0.4538039 }];
    const spot = { price: 95_663.50604855, confidence: 1 };
    const book = { ...EMPTY, spot, expiries: [expiryOf(794_852, 95_776.67, legs)] };
    const result = assessed(book, DERIVE_PMRM2);
    const [state] = result.expiries;
    expect(state!.volUpMultiplier).toBeCloseTo(1.712811375927374, 13);
    expect(state!.volDownMultiplier).toBeCloseTo(0.6079537432399443, 13);
    expect(state!.staticPositive).toBeCloseTo(0.9445087287221925, 13);
    expect(state!.staticNegative).toBeCloseTo(1.0037878445554764, 13);
    expect(state!.markToMarket).toBeCloseTo(-1186.41857, 2);
    expect(result.worst.name).toBe('spot +18 %, vol up');
    expect(result.worst.pnl).toBeCloseTo(-12_939.312, 1);
    expect(result.basisContingency).toBeCloseTo(-947.21, 1);
    expect(result.contingencies.option.maintenance).toBeCloseTo(286.99051814565, 8);
    expect(result.contingencies.option.initial).toBeCloseTo(191.3270120971, 8);
    expect(result.headroom.initial).toBeCloseTo(-14_604.048, 1);
    expect(result.headroom.maintenance).toBeCloseTo(-11_824.859, 1);
  });

  it('leaves cash at par and raises the loss factor when the stable coin leaves its peg (METHOD-036)', () => {
    const cash = assessed({ ...EMPTY, cash: 1000, stablePrice: 0.5 }, DERIVE_PMRM2);
    expect(cash.headroom).toEqual({ initial: 1000, maintenance: 1000 });
    expect(cash.lossFactor.initial).toBeCloseTo(1 + 0.48 * 2, 12);
    expect(cash.lossFactor.maintenance).toBe(0.8);
  });

  it('charges low confidence in the initial requirement alone (METHOD-036)', () => {
    const low = { ...PERPETUAL, price: 3000, confidence: 0.1, unrealisedFunding: 0 };
    const result = assessed({ ...EMPTY, perpetuals: [low] }, DERIVE_PMRM2);
    expect(result.contingencies.confidence.perpetual).toBeCloseTo(0.9 * 3000, 10);
    expect(result.requirement.maintenance).toBeCloseTo(540 * 0.8 + 45, 10);
    expect(result.requirement.initial).toBeCloseTo(540 + 60 + 2700, 10);
  });
});

describe('the short options of a strike', () => {
  const naked = (legs: readonly (readonly ['call' | 'put', number, number])[]): number =>
    assessed(
      {
        ...EMPTY,
        expiries: [
          expiryOf(
            864_000,
            3000,
            legs.map(([right, strike, amount]) => ({ right, strike, amount, vol: 0.6 })),
          ),
        ],
      },
      DERIVE_PMRM2,
    ).expiries[0]!.nakedShort;

  it('count alone, together, or net of a long of either right (METHOD-035)', () => {
    expect(naked([['call', 3000, -2]])).toBe(2);
    expect(
      naked([
        ['call', 3000, -2],
        ['put', 3000, -3],
      ]),
    ).toBe(5);
    expect(
      naked([
        ['call', 3000, -2],
        ['put', 3000, 5],
      ]),
    ).toBe(0);
    expect(
      naked([
        ['call', 3000, -5],
        ['put', 3000, 2],
      ]),
    ).toBe(3);
    expect(
      naked([
        ['call', 3000, 1],
        ['put', 3000, 2],
      ]),
    ).toBe(0);
    expect(
      naked([
        ['call', 3000, -1],
        ['call', 3100, 1],
      ]),
    ).toBe(1);
  });
});

describe('what a book may not hold', () => {
  it('is refused by name', () => {
    const refused = (book: GridBook, model: GridModel = DERIVE_PMRM2): unknown => assessGrid(book, model);
    expect(refused({ ...EMPTY, cash: NaN })).toMatchObject({ failure: 'NUMBER_NOT_FINITE', field: 'cash' });
    expect(refused({ ...EMPTY, stablePrice: 0 })).toMatchObject({ field: 'stablePrice' });
    expect(refused({ ...EMPTY, spot: { price: 1, confidence: 2 } })).toMatchObject({
      field: 'spot.confidence',
    });
    const legs: readonly GridLeg[] = [{ strike: 1, right: 'call', amount: 1, vol: -1 }];
    expect(refused({ ...EMPTY, expiries: [expiryOf(1, 1, legs)] })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'expiries[0].legs[0].vol',
    });
    expect(refused(EMPTY, { ...DERIVE_PMRM2, scenarios: [] })).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(refused(EMPTY, { ...DERIVE_PMRM2, skew: null })).toMatchObject({ field: 'skew' });
    expect(refused(EMPTY, { ...DERIVE_PMRM2, lossFactor: { initial: NaN, maintenance: 1 } })).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
      field: 'lossFactor',
    });
  });
});

/** The first Derive model, written down once more from its published rule, in one piece. */
function naivePmrm1(book: GridBook): { initial: number; maintenance: number } {
  const q = book.perpetuals[0]!;
  const base = book.collaterals[0]!;
  const S = book.spot.price;
  const value = (e: GridExpiry, x: number, vol: (v: number) => number): number =>
    e.legs.reduce((sum, leg) => {
      const forward = e.forwardFixed + e.forwardVariable * x;
      const tauYears = e.seconds / 31_536_000;
      return sum + leg.amount * priceBlack76({ ...leg, forward, tauYears, vol: vol(leg.vol), rate: 0 });
    }, 0);
  const mark = (e: GridExpiry): number => value(e, 1, (v) => v);
  const shocked = (e: GridExpiry, x: number, direction: number): number => {
    const h = (30 / Math.max(e.seconds / 86_400, 1)) ** (e.seconds <= 30 * 86_400 ? 0.3 : 0.13);
    const factor = direction > 0 ? 1 + 0.45 * h : direction < 0 ? Math.max(0, 1 - 0.3 * h) : 1;
    const v = value(e, x, (vol) => vol * factor);
    const tau = e.seconds / 31_536_000;
    return v > 0 ? v * 0.95 * Math.E ** (-tau * (Math.max(0, e.rate) * 4 + 0.05)) : v;
  };
  const collateral = (base.amount * S) / book.stablePrice;
  const losses = [1.15, 1.1, 1.05, 1, 0.95, 0.9, 0.85].flatMap((x) =>
    [1, 0, -1].map((d) =>
      book.expiries.reduce(
        (sum, e) => sum + shocked(e, x, d) - mark(e),
        (q.quantity * q.price + collateral) * (x - 1),
      ),
    ),
  );
  const basis = book.expiries.reduce((sum, e) => {
    const worst = Math.min(0, value(e, 1.05, (v) => v) - mark(e), value(e, 0.95, (v) => v) - mark(e));
    return sum + worst * (0.25 + (0.01 * e.seconds) / 31_536_000);
  }, 0);
  const shorts = book.expiries.flatMap((e) => e.legs.map((leg) => Math.max(0, -leg.amount)));
  const C = (Math.abs(q.quantity) * 0.02 + base.amount * 0.02 + shorts.reduce((a, b) => a + b, 0) * 0.01) * S;
  const span = Math.min(basis, ...losses) - C;
  const M =
    q.unrealisedPnl + q.unrealisedFunding + book.expiries.reduce((a, e) => a + mark(e), 0) + collateral;
  const low = (c: number): number => (c < 0.6 ? (1 - c) * 0.5 : 0);
  const both = Math.min(book.spot.confidence, q.confidence);
  const doubt =
    low(both) * (Math.abs(q.quantity) + base.amount) * S +
    book.expiries.reduce((sum, e) => {
      const size = e.legs.reduce((a, leg) => a + Math.abs(leg.amount), 0);
      const { forward, rate, vol } = e.confidence;
      return sum + low(Math.min(forward, rate, vol, both)) * size * S;
    }, 0);
  const factor = 1.3 + Math.max(0, 0.98 - book.stablePrice) * 2;
  return { maintenance: span + M + book.cash, initial: span * factor - doubt + M + book.cash };
}

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const notZero = number(0.01, 5).chain((size) => fc.constantFrom(size, -size));

const anyBook: fc.Arbitrary<GridBook> = fc
  .record({
    cash: number(-1e4, 1e4),
    stablePrice: number(0.8, 1.1),
    spot: fc.record({ price: fc.constant(2000), confidence: number(0, 1) }),
    perpetual: fc.record({
      quantity: notZero,
      price: number(1900, 2100),
      confidence: number(0, 1),
      unrealisedPnl: number(-100, 100),
      unrealisedFunding: number(-10, 10),
      fundingRateHourly: fc.constant(0),
    }),
    base: number(0, 5),
    expiries: fc.array(
      fc.record({
        seconds: fc.integer({ min: 60, max: 200 * 86_400 }),
        forward: number(1800, 2300),
        rate: number(-0.05, 0.2),
        confidence: fc.record({ forward: number(0, 1), rate: number(0, 1), vol: number(0, 1) }),
        // One leg a strike, so that netting within a strike stays out of the naive twin.
        amounts: fc.array(fc.tuple(fc.boolean(), notZero, number(0.2, 1.5)), { minLength: 1, maxLength: 5 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ perpetual, base, expiries, ...rest }) => ({
    ...rest,
    perpetuals: [perpetual],
    collaterals: [
      {
        ...rest.spot,
        id: 'base',
        amount: base,
        riskCancelling: true,
        initialHaircutFrac: 0,
        maintenanceHaircutFrac: 0.02,
      },
    ],
    expiries: expiries.map(({ forward, amounts, ...expiry }) => ({
      ...expiry,
      ...splitForward(forward, expiry.seconds),
      futureQuantity: 0,
      legs: amounts.map(([isCall, amount, vol], i) => ({
        strike: 1600 + 150 * i,
        right: isCall ? ('call' as const) : ('put' as const),
        amount,
        vol,
      })),
    })),
  }));

describe('any book', () => {
  it('has the margins of the first Derive model as written down once more', () => {
    fc.assert(
      fc.property(anyBook, (book) => {
        const { headroom } = assessed(book, DERIVE_PMRM1);
        const naive = naivePmrm1(book);
        expect(headroom.maintenance).toBeCloseTo(naive.maintenance, 7);
        expect(headroom.initial).toBeCloseTo(naive.initial, 7);
      }),
      { seed: 1729, numRuns: 200 },
    );
  });

  it('has equity = requirement + headroom, and twice the requirement at twice the size (METHOD-037)', () => {
    fc.assert(
      fc.property(anyBook, fc.constantFrom(DERIVE_PMRM1, DERIVE_PMRM2), (book, model) => {
        const once = assessed(book, model);
        const twice = assessed(
          {
            ...book,
            perpetuals: book.perpetuals.map((p) => ({ ...p, quantity: 2 * p.quantity })),
            collaterals: book.collaterals.map((c) => ({ ...c, amount: 2 * c.amount })),
            expiries: book.expiries.map((e) => ({
              ...e,
              legs: e.legs.map((leg) => ({ ...leg, amount: 2 * leg.amount })),
            })),
          },
          model,
        );
        for (const level of ['initial', 'maintenance'] as const) {
          expect(once.headroom[level] + once.requirement[level]).toBeCloseTo(once.equity, 8);
          expect(twice.requirement[level]).toBeCloseTo(2 * once.requirement[level], 6);
        }
        expect(once.requirement.initial).toBeGreaterThanOrEqual(once.requirement.maintenance - 1e-9);
        const decisive = once.worst.name === BASIS ? once.basisContingency : once.worst.pnl;
        for (const { pnl } of once.scenarios) expect(decisive).toBeLessThanOrEqual(pnl);
      }),
      { seed: 42, numRuns: 150 },
    );
  });
});

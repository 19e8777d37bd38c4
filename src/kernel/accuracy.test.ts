import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { studentTCdf } from '../base/distribution.ts';
import { exp, log } from '../base/elementary.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import { priceBlack76 } from '../pricer/black76.ts';
import {
  assessPlainJob,
  assessScreenedJob,
  copulaJob,
  createMoves,
  mirrorJob,
  movesJob,
  repriceJob,
  screenJob,
} from './jobs.ts';
import { createKernel } from './kernel.ts';
import { OPTION_FIELDS, writeOption } from './option-record.ts';
import { makeAccounts, makeSample, moveSample, type SampleShape } from './sample.ts';
import { createBook, createRows, createTail } from './shapes.ts';
import { openTradeDesk } from './trade.ts';
import { tailBySort } from './twin/tail.ts';

const kernel = createKernel({ bytes: 1 << 22, stride: 10000 });
const { memory } = kernel;

/** Rows of one option: P&L in each scenario of (ln growth, vol growth, skew shift, conversion). */
function rowOfOption(
  option: {
    forward: number;
    strike: number;
    right: 'call' | 'put';
    tauYears: number;
    vol: number;
    skew: number;
    scale: number;
  },
  shocks: readonly (readonly [number, number, number, number])[],
): number[] {
  const rows = createRows(memory, { count: 1, scenarios: shocks.length });
  const vectors = memory.f64(5 * rows.stride);
  vectors.fill(0);
  shocks.forEach(([move, vol, skew, conversion], s) => {
    [exp(move), move, vol, skew, conversion].forEach((x, v) => (vectors[v * rows.stride + s] = x));
  });
  const records = memory.f64(OPTION_FIELDS);
  const named = { growthRow: 0, logGrowthRow: 1, volGrowthRow: 2, skewShiftRow: 3, conversionRow: 4, row: 0 };
  writeOption(records, 0, { ...option, ...named });
  kernel.run(repriceJob(memory, { records, count: 1, vectors, rows }));
  return [...rows.exact.subarray(0, shocks.length)];
}

describe('option rows', () => {
  const money = { noNaN: true, noDefaultInfinity: true };
  const option = fc.record({
    forward: fc.double({ min: 0.01, max: 1e5, ...money }),
    distance: fc.double({ min: -3, max: 3, ...money }),
    right: fc.constantFrom('call' as const, 'put' as const),
    tauYears: fc.oneof(fc.constant(0), fc.double({ min: 1e-5, max: 3, ...money })),
    vol: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 3, ...money })),
    skew: fc.double({ min: -0.2, max: 0.2, ...money }),
  });
  const shock = fc.tuple(
    fc.double({ min: -2, max: 2, ...money }),
    fc.double({ min: 0, max: 3, ...money }),
    fc.double({ min: -1, max: 1, ...money }),
    fc.double({ min: 0.1, max: 2, ...money }),
  );

  it('agree with Black-76 to 1e-12 of the notional, at any volatility and time, zero included (KERNEL-002)', () => {
    fc.assert(
      fc.property(option, fc.array(shock, { minLength: 1, maxLength: 20 }), (o, shocks) => {
        const mark = memory.mark();
        const strike = o.forward * exp(o.distance);
        const got = rowOfOption({ ...o, strike, scale: 1 }, shocks);
        const price = (forward: number, vol: number): number =>
          priceBlack76({ right: o.right, forward, strike, tauYears: o.tauYears, vol, rate: 0 });
        const start = price(o.forward, o.vol);
        shocks.forEach(([move, growth, skew, conversion], s) => {
          const forward = o.forward * exp(move);
          const vol = Math.max(0, o.vol * growth + o.skew * skew);
          const expected = price(forward, vol) * conversion - start;
          const notional = Math.max(forward, strike, o.forward) * Math.max(1, conversion);
          expect(Math.abs(got[s]! - expected) / notional).toBeLessThan(1e-12);
        });
        memory.release(mark);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('are exactly 0 where nothing moves (KERNEL-002)', () => {
    fc.assert(
      fc.property(option, (o) => {
        const got = rowOfOption({ ...o, strike: o.forward * exp(o.distance), scale: 3 }, [[0, 1, 0, 1]]);
        expect(got).toEqual([0]);
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it('value an inverse option in coin, at the new price of the coin', () => {
    const [forward, strike, settle, tauYears, vol] = [50_000, 52_000, 49_900, 0.2, 0.7];
    const move = -0.15;
    const growth = exp(move);
    const shocks = [[move, 1.4, 0, growth / growth]] as const;
    const scale = settle / forward;
    const [got] = rowOfOption({ forward, strike, right: 'put', tauYears, vol, skew: 0, scale }, shocks);
    const coin = (f: number, v: number): number =>
      priceBlack76({ right: 'put', forward: f, strike, tauYears, vol: v, rate: 0 }) / f;
    const expected = settle * growth * coin(forward * growth, vol * 1.4) - settle * coin(forward, vol);
    expect(Math.abs(got! - expected) / settle).toBeLessThan(1e-12);
  });
});

describe('tails of any vector', () => {
  it('are those of a full sort, with ties, in any order of questions', () => {
    const cell = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -100, max: 100, noNaN: true }));
    const question = fc.integer({ min: 1, max: 600 }).chain((n) =>
      fc.record({
        vector: fc.array(cell, { minLength: n, maxLength: n }),
        next: fc.array(cell, { minLength: n, maxLength: n }),
        varRank: fc.integer({ min: 1, max: n }),
        whole: fc.integer({ min: 0, max: n - 1 }),
        part: fc.constantFrom(0, 0.25, 0.999),
      }),
    );
    fc.assert(
      fc.property(question, ({ vector, next, varRank, whole, part }) => {
        const mark = memory.mark();
        const shape = { varRank, whole: whole + (part > 0 ? 0 : 1), part, size: 0 };
        const tail = { ...shape, size: shape.whole + part };
        const rows = createRows(memory, { count: 1, scenarios: vector.length });
        const desk = openTradeDesk(kernel, { rows, tail: createTail(memory, tail), slots: 1 });
        for (const values of [vector, vector, next, vector]) {
          desk.vector(0).set(values);
          desk.assess(0);
          const { valueAtRisk, shortfall } = tailBySort(Float64Array.from(values), tail);
          expect([...desk.result]).toEqual([valueAtRisk, shortfall]);
        }
        memory.release(mark);
      }),
      { seed: 17, numRuns: 400 },
    );
  });

  it('are those of a full sort for 10,000 scenarios', () => {
    const rows = createRows(memory, { count: 1, scenarios: 10000 });
    const tail = { varRank: 100, whole: 250, part: 0, size: 250 };
    const desk = openTradeDesk(kernel, { rows, tail: createTail(memory, tail), slots: 1 });
    const draw = makeUniform(5);
    for (let round = 0; round < 3; round++) {
      desk.vector(0).forEach((_, s, v) => (v[s] = drawNormal(draw)));
      desk.assess(0);
      const { valueAtRisk, shortfall } = tailBySort(desk.vector(0).slice(), tail);
      expect([...desk.result]).toEqual([valueAtRisk, shortfall]);
    }
  });
});

describe('accounts', () => {
  const shape: SampleShape = { underlyings: 4, instruments: 50, futures: 2, scenarios: 500, seed: 3 };
  const tail = createTail(memory, { varRank: 5, whole: 12, part: 0.5, size: 12.5 });

  it('fall back to the plain way where f32 cannot hold their numbers, with the same results (KERNEL-003)', () => {
    const market = makeSample(kernel, shape);
    const positions = makeAccounts(kernel, shape, { count: 50, seed: 4 });
    positions.quantities[0] = 1e40;
    const book = createBook(memory, { positions, rows: market.rows, tail });
    kernel.run(mirrorJob(memory, market.rows));
    const plainly = kernel.run(assessScreenedJob(book));
    const screened = book.results.slice();
    kernel.run(assessPlainJob(book));
    expect(screened).toEqual(book.results);
    expect(plainly).toBe(1);
  });

  it.each([0.001, 0.01, 0.1])('are never left alone wrongly after a move of %d (KERNEL-005)', (size) => {
    const market = makeSample(kernel, shape);
    const { rows } = market;
    const count = 400;
    const positions = makeAccounts(kernel, shape, { count, seed: 14 });
    const book = createBook(memory, { positions, rows, tail });
    kernel.run(assessPlainJob(book));
    const required = book.results.filter((_, i) => i % 2 === 1);
    const moves = createMoves(memory, rows.count);
    const draw = makeUniform(size * 1e6);
    moves.marks.forEach((_, r, m) => (m[r] = size * drawNormal(draw)));
    const reserves = memory.f64(count);
    required.forEach((es, a) => (reserves[a] = Math.abs(es) * 3 * size * draw()));
    const before = memory.keep(rows.exact);
    moveSample(kernel, market, { size, seed: 5 });
    kernel.run(movesJob(memory, { rows, before, moves, tail }));
    const flagged = memory.i32(count);
    const flags = new Set(
      flagged.slice(0, kernel.run(screenJob(memory, { positions, moves, reserves, flagged }))),
    );
    kernel.run(assessPlainJob(book));
    let short = 0;
    for (let a = 0; a < count; a++) {
      let value = 0;
      for (let p = positions.starts[a]!; p < positions.starts[a + 1]!; p++)
        value += positions.quantities[p]! * moves.marks[positions.rows[p]!]!;
      const left = reserves[a]! + value - (book.results[2 * a + 1]! - required[a]!);
      if (left < 0) {
        short++;
        expect(flags.has(a)).toBe(true);
      }
    }
    expect(short).toBeGreaterThan(0);
    expect(flags.size).toBeLessThan(count);
  });
});

describe('t copula draws', () => {
  it('have the law of Student t and the correlation of the factor', () => {
    const [freedom, cells, scenarios] = [5, 1024, 20000];
    const cholesky = memory.keep([1, 0, 0.6, 0.8]);
    const tables = memory.f64(2 * (cells + 1));
    for (let f = 0; f < 2; f++)
      for (let c = 0; c <= cells; c++) tables[f * (cells + 1) + c] = (2 * c) / cells - 1;
    const out = memory.f64(2 * scenarios);
    const shape = {
      factors: 2,
      freedom,
      cells,
      scenarios,
      stride: scenarios,
      key: [1, 2] as const,
      stream: 0,
    };
    kernel.run(copulaJob(memory, { cholesky, tables, out, ...shape }));
    const t = out.map((a) => (Math.sqrt(freedom) * a) / Math.sqrt(1 - a * a));
    for (let f = 0; f < 2; f++) {
      const u = t.slice(f * scenarios, (f + 1) * scenarios).map((x) => studentTCdf(x, freedom));
      u.sort();
      let distance = 0;
      u.forEach((x, i) => (distance = Math.max(distance, Math.abs(x - (i + 0.5) / scenarios))));
      expect(distance * Math.sqrt(scenarios)).toBeLessThan(1.63);
    }
    let concordant = 0;
    for (let s = 0; s + 1 < scenarios; s += 2) {
      const dx = t[s]! - t[s + 1]!;
      const dy = t[scenarios + s]! - t[scenarios + s + 1]!;
      concordant += dx * dy > 0 ? 1 : 0;
    }
    const kendall = (4 * concordant) / scenarios - 1;
    expect(Math.abs(kendall - (2 / Math.PI) * Math.asin(0.6))).toBeLessThan(0.03);
  });

  it('have a logarithm within an ulp or two of the exact one', async () => {
    const { logOf } = await import('./twin/copula.ts');
    const draw = makeUniform(77);
    for (let i = 0; i < 2000; i++) {
      const x = exp(-30 * draw() * draw()) * 0.999;
      expect(Math.abs(logOf(x) / log(x) - 1)).toBeLessThan(1e-13);
    }
  });
});

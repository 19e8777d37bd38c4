import { describe, expect, it } from 'vitest';
import { assessPlainJob } from './jobs.ts';
import { createKernel } from './kernel.ts';
import { collapseHolding, declareMultiple, layOutAccounts, plainRows } from './layout.ts';
import { shareByPositions, shareEqually } from './partition.ts';
import { makeHoldings, makeSample, sampleMultiples } from './sample.ts';
import { createBook, createTail, refusePositions } from './shapes.ts';

describe('collapsing', () => {
  const multiples = plainRows(5);
  declareMultiple(multiples, 1, { target: 0, factor: -2 });

  it('nets multiples into their target, drops what nets to nothing and orders by row', () => {
    const nets = collapseHolding({ rows: [4, 1, 0, 2, 2], quantities: [7, 3, 1, 5, -5] }, multiples);
    expect([...nets]).toEqual([
      [0, -5],
      [4, 7],
    ]);
  });

  it('refuses a chain of multiples', () => {
    expect(() => declareMultiple(multiples, 2, { target: 1, factor: 1 })).toThrow('ordinary row');
  });

  it('changes no VaR and no ES by more than rounding, and lays neighbours side by side', () => {
    const kernel = createKernel({ bytes: 1 << 22, stride: 512 });
    const { memory } = kernel;
    const shape = { underlyings: 3, instruments: 20, futures: 5, scenarios: 400, seed: 5 };
    const { rows } = makeSample(kernel, shape);
    const holdings = makeHoldings(shape, { count: 200, seed: 6 });
    const tail = createTail(memory, { varRank: 4, whole: 10, part: 0, size: 10 });
    const [plain, collapsed] = [plainRows(rows.count), sampleMultiples(shape)].map((rules) => {
      const { positions, order } = layOutAccounts(memory, holdings, rules);
      expect(refusePositions(positions, rows.count)).toBeNull();
      const book = createBook(memory, { positions, rows, tail });
      kernel.run(assessPlainJob(book));
      const byAccount = new Float64Array(2 * holdings.length);
      order.forEach((account, place) =>
        byAccount.set(book.results.subarray(2 * place, 2 * place + 2), 2 * account),
      );
      return { byAccount, positions };
    });
    expect(collapsed!.positions.rows.length).toBeLessThan(plain!.positions.rows.length);
    collapsed!.byAccount.forEach((x, i) => expect(Math.abs(x - plain!.byAccount[i]!)).toBeLessThan(1e-9));
    const { starts, rows: held } = collapsed!.positions;
    const lengths = Array.from({ length: 200 }, (_, a) => starts[a + 1]! - starts[a]!);
    const firsts = lengths
      .map((n, a) => (n > 60 ? Infinity : held[starts[a]!]!))
      .filter((_, a) => lengths[a]! > 0);
    expect([...firsts].sort((a, b) => a - b)).toEqual(firsts);
  });
});

describe('positions', () => {
  it('with an unknown row or a number that is none are refused', () => {
    const starts = Int32Array.of(0, 2);
    const good = { count: 1, starts, rows: Uint32Array.of(0, 1), quantities: Float64Array.of(1, 2) };
    expect(refusePositions(good, 2)).toBeNull();
    expect(refusePositions(good, 1)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE', field: 'rows[1]' });
    expect(refusePositions({ ...good, quantities: Float64Array.of(NaN, 2) }, 2)).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
    });
  });
});

describe('shares', () => {
  it('cover everything once, in grains', () => {
    for (const count of [0, 1, 5, 64, 1000]) {
      for (const parts of [1, 2, 3, 7]) {
        for (const grain of [1, 4, 8]) {
          const bounds = shareEqually(count, parts, grain);
          expect(bounds[0]).toBe(0);
          expect(bounds[parts]).toBe(count);
          for (let t = 0; t < parts; t++) {
            expect(bounds[t]!).toBeLessThanOrEqual(bounds[t + 1]!);
            if (t > 0) expect(bounds[t]! % grain === 0 || bounds[t] === count).toBe(true);
          }
        }
      }
    }
  });

  it('by positions are about equal in work', () => {
    const starts = Int32Array.from({ length: 1001 }, (_, a) => (a < 900 ? 3 * a : 2700 + 300 * (a - 900)));
    const bounds = shareByPositions(starts, 2);
    const work = (lo: number, hi: number): number => starts[hi]! - starts[lo]! + 6 * (hi - lo);
    const [left, right] = [work(0, bounds[1]!), work(bounds[1]!, 1000)];
    expect(Math.abs(left / right - 1)).toBeLessThan(0.05);
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import {
  assessPlainJob,
  assessScreenedJob,
  copulaJob,
  createMoves,
  mirrorJob,
  movesJob,
  screenJob,
} from '../kernel/jobs.ts';
import { createKernel, type Executor } from '../kernel/kernel.ts';
import { makeAccounts, makeSample, moveSample, type SampleShape } from '../kernel/sample.ts';
import { createBook, createTail } from '../kernel/shapes.ts';
import { openWorkers } from './workers.ts';

const SHAPE: SampleShape = { underlyings: 4, instruments: 40, futures: 2, scenarios: 500, seed: 1 };
const kernel = createKernel({ bytes: 1 << 24, stride: 512 });
const pools = [2, 3].map((threads) => openWorkers(kernel, { threads, stride: 512 }));
afterAll(() => pools.forEach((pool) => pool.close()));

/** Everything that a frame does, on the executor; the numbers that come out. */
function outcome(on: Executor): Float64Array[] {
  const { memory } = kernel;
  const market = makeSample(on, SHAPE);
  const { rows } = market;
  on.run(mirrorJob(memory, rows));
  const positions = makeAccounts(on, SHAPE, { count: 300, seed: 2 });
  const tail = createTail(memory, { varRank: 5, whole: 12, part: 0.5, size: 12.5 });
  const book = createBook(memory, { positions, rows, tail });
  on.run(assessScreenedJob(book));
  const screened = book.results.slice();
  on.run(assessPlainJob(book));
  const before = memory.keep(rows.exact);
  moveSample(on, market, { size: 0.01, seed: 9 });
  const moves = createMoves(memory, rows.count);
  moves.marks.fill(0);
  on.run(movesJob(memory, { rows, before, moves, tail }));
  const reserves = memory.f64(positions.count);
  reserves.forEach((_, a) => (reserves[a] = a));
  const flagged = memory.i32(positions.count);
  const count = on.run(screenJob(memory, { positions, moves, reserves, flagged }));
  const out = memory.f64(2 * 1000);
  const cholesky = memory.keep([1, 0, 0.5, 0.8]);
  const tables = memory.keep([-1, 0, 1, -2, 0, 2]);
  const draws = {
    factors: 2,
    freedom: 4,
    cells: 2,
    scenarios: 1000,
    stride: 1000,
    key: [7, 8] as const,
    stream: 1,
  };
  on.run(copulaJob(memory, { cholesky, tables, out, ...draws }));
  return [
    screened,
    book.results.slice(),
    rows.exact.slice(),
    moves.pairs.slice(),
    out.slice(),
    Float64Array.of(count),
  ];
}

describe('a pool of workers', () => {
  it('gives the bits of one thread, whatever their number (KERNEL-006)', () => {
    const alone = outcome(kernel);
    expect(alone[0]).toEqual(alone[1]);
    expect(alone[5]![0]).toBeGreaterThan(0);
    for (const pool of pools) expect(outcome(pool)).toEqual(alone);
  });

  it('really runs on the workers: a job of theirs alone is done', () => {
    for (const pool of pools) {
      const out = kernel.memory.f64(16);
      out.fill(0);
      const cholesky = kernel.memory.keep([1]);
      const tables = kernel.memory.keep([-1, 1]);
      const job = copulaJob(kernel.memory, {
        cholesky,
        tables,
        out,
        factors: 1,
        freedom: 4,
        cells: 1,
        scenarios: 16,
        stride: 16,
        key: [1, 1],
        stream: 0,
      });
      const onlyLast = { ...job, shares: (n: number) => [...Array<number>(n).fill(0), 16] };
      pool.run(onlyLast);
      expect(out.every((x) => x !== 0)).toBe(true);
    }
  });
});

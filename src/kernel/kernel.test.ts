import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { parseLevel, type Level } from '../base/level.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import {
  assessPlainJob,
  assessScreenedJob,
  assessSingleJob,
  copulaJob,
  createMoves,
  type Job,
  mirrorJob,
  movesJob,
  rollJob,
  runShare,
  screenJob,
} from './jobs.ts';
import { createKernel, createTwin, type Kernel } from './kernel.ts';
import { makeAccounts, makeSample, moveSample, type SampleShape } from './sample.ts';
import { createBook, createPositions, createTail, tailShape, type TailShape } from './shapes.ts';
import { openTradeDesk } from './trade.ts';

const SIZE = { bytes: 1 << 22, stride: 1008 };
const kernel = createKernel(SIZE);
const twin = createTwin(SIZE);

function level(text: string): Level {
  const read = parseLevel(text, 'level');
  if (isFailure(read)) throw new Error(read.expected);
  return read;
}

/** Bit patterns, so that −0 and 0 or two NaN cannot pass for each other. */
function bitsOf(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.slice().buffer);
}

function sameBits(a: Float64Array, b: Float64Array): void {
  expect(bitsOf(a)).toEqual(bitsOf(b));
}

/** Runs a job in shares, each with the scratch of the kernel: what several threads do, one after the other. */
function runInShares(on: Kernel, job: Job, parts: number): number {
  const bounds = job.shares(parts);
  let sum = 0;
  for (let t = 0; t < parts; t++)
    sum += runShare(on.exports, job, { lo: bounds[t]!, hi: bounds[t + 1]!, scratch: on.scratch });
  return sum;
}

const SHAPES: readonly SampleShape[] = [
  { underlyings: 3, instruments: 20, futures: 2, scenarios: 1000, seed: 11 },
  { underlyings: 2, instruments: 33, futures: 1, scenarios: 257, seed: 12 },
  { underlyings: 1, instruments: 40, futures: 3, scenarios: 16, seed: 13 },
];
const TAILS: readonly TailShape[] = [
  { varRank: 1, whole: 1, part: 0, size: 1 },
  { varRank: 3, whole: 6, part: 0.4, size: 6.4 },
  { varRank: 10, whole: 16, part: 0, size: 16 },
  { varRank: 2, whole: 0, part: 0.4, size: 0.4 },
];

describe('the committed module (KERNEL-001)', () => {
  it('is what the sources compile to', () => {
    const here = fileURLToPath(new URL('.', import.meta.url));
    const made = spawnSync(process.execPath, [`${here}build.mjs`, '--print'], { encoding: 'utf8' });
    expect(made.stderr).toBe('');
    expect(made.stdout).toBe(readFileSync(`${here}binary.generated.ts`, 'utf8'));
  });

  it('is what runs, and is not the twin', () => {
    for (const name of ['repriceOptions', 'assessScreened', 'assessTrade', 'drawCopula'] as const) {
      expect(String(kernel.exports[name])).toContain('[native code]');
      expect(String(twin.exports[name])).not.toContain('[native code]');
    }
  });

  it('is made of sources without a relaxed instruction, whose bits would depend on the machine', () => {
    const folder = fileURLToPath(new URL('assembly/', import.meta.url));
    const sources = readdirSync(folder).map((file) => readFileSync(folder + file, 'utf8'));
    expect(sources.length).toBeGreaterThan(8);
    expect(sources.filter((source) => source.includes('relaxed'))).toEqual([]);
  });
});

describe.each(SHAPES)('with $scenarios scenarios, kernel and twin agree to the bit (KERNEL-001)', (shape) => {
  const markets = [kernel, twin].map((on) => makeSample(on, shape));
  const rows = markets.map((m) => m.rows);

  it('on option rows', () => {
    sameBits(rows[0]!.exact, rows[1]!.exact);
    expect(rows[0]!.exact.every(Number.isFinite)).toBe(true);
  });

  it('on mirrors', () => {
    [kernel, twin].forEach((on, i) => on.run(mirrorJob(on.memory, rows[i]!)));
    expect(rows[0]!.single).toEqual(rows[1]!.single);
    expect(rows[0]!.columns).toEqual(rows[1]!.columns);
    sameBits(rows[0]!.norms, rows[1]!.norms);
  });

  it.each(TAILS)('on VaR and ES of accounts, cold and warm, %j', (tail) => {
    const books = [kernel, twin].map((on, i) =>
      createBook(on.memory, {
        positions: makeAccounts(on, shape, { count: 60, seed: 5 }),
        rows: rows[i]!,
        tail: createTail(on.memory, tail),
      }),
    );
    twin.run(assessPlainJob(books[1]!));
    for (let round = 0; round < 2; round++) {
      for (const job of [assessPlainJob(books[0]!), assessScreenedJob(books[0]!)]) {
        books[0]!.results.fill(NaN);
        kernel.run(job);
        sameBits(books[0]!.results, books[1]!.results);
      }
    }
    expect(books[0]!.warms.some((w) => !Number.isNaN(w))).toBe(true);
  });

  it.each(TAILS)('on f32 sums and their bound, which holds, %j (KERNEL-004)', (tail) => {
    const books = [kernel, twin].map((on, i) =>
      createBook(on.memory, {
        positions: makeAccounts(on, shape, { count: 60, seed: 6 }),
        rows: rows[i]!,
        tail: createTail(on.memory, tail),
      }),
    );
    const errors = [kernel, twin].map((on) => on.memory.f64(60));
    [kernel, twin].forEach((on, i) => on.run(assessSingleJob(on.memory, books[i]!, errors[i]!)));
    sameBits(books[0]!.results, books[1]!.results);
    sameBits(errors[0]!, errors[1]!);
    const single = books[0]!.results.slice();
    kernel.run(assessPlainJob(books[0]!));
    for (let a = 0; a < 60; a++) {
      for (const k of [2 * a, 2 * a + 1])
        expect(Math.abs(single[k]! - books[0]!.results[k]!)).toBeLessThanOrEqual(errors[0]![a]!);
    }
  });

  it('on trades against a cached vector', () => {
    const tail = { varRank: 3, whole: 6, part: 0.4, size: 6.4 };
    const draw = makeUniform(9);
    const desks = [kernel, twin].map((on, i) =>
      openTradeDesk(on, { rows: rows[i]!, tail: createTail(on.memory, tail), slots: 2 }),
    );
    desks[0]!.vector(1).forEach((_, s) => {
      const x = 100 * drawNormal(draw);
      for (const desk of desks) desk.vector(1)[s] = x;
    });
    for (let i = 0; i < 20; i++) {
      const row = i % rows[0]!.count;
      const quantity = drawNormal(draw);
      for (const desk of desks) desk.ask(1, row, quantity);
      sameBits(desks[0]!.result, desks[1]!.result);
      for (const desk of desks) desk.apply(1, row, quantity);
      sameBits(desks[0]!.vector(1), desks[1]!.vector(1));
      for (const desk of desks) desk.assess(1);
      sameBits(desks[0]!.result, desks[1]!.result);
    }
  });

  it('on what may have moved, however the work is shared', () => {
    const tail = { varRank: 2, whole: 3, part: 0.5, size: 3.5 };
    const flags = [kernel, twin].map((on, i) => {
      const positions = makeAccounts(on, shape, { count: 80, seed: 7 });
      const before = on.memory.keep(rows[i]!.exact);
      moveSample(on, markets[i]!, { size: 0.01, seed: 3 });
      rows[i]!.exact.set(before.subarray(0, 2 * rows[i]!.stride));
      const moves = createMoves(on.memory, rows[i]!.count);
      moves.marks.forEach((_, r) => (moves.marks[r] = Math.sin(r) * 0.1));
      on.run(movesJob(on.memory, { rows: rows[i]!, before, moves, tail: createTail(on.memory, tail) }));
      const reserves = on.memory.f64(80);
      reserves.forEach((_, a) => (reserves[a] = 0.3 * a));
      const flagged = on.memory.i32(80);
      const job = screenJob(on.memory, { positions, moves, reserves, flagged });
      const count = on.run(job);
      const list = flagged.slice(0, count);
      expect(runInShares(on, job, 3)).toBe(count);
      return { moves, list };
    });
    sameBits(flags[0]!.moves.pairs, flags[1]!.moves.pairs);
    sameBits(flags[0]!.moves.results, flags[1]!.moves.results);
    expect(flags[0]!.list).toEqual(flags[1]!.list);
    expect(flags[0]!.list.length).toBeGreaterThan(0);
    expect(flags[0]!.list.length).toBeLessThan(80);
  });
});

describe('rolling tails', () => {
  it('agree with the twin, in one share or in three', () => {
    const days = 120;
    const window = 90;
    const stride = 256;
    const outcomes = [kernel, twin].map((on) => {
      const { memory } = on;
      const draw = makeUniform(21);
      const history = memory.f64(3 * stride);
      history.forEach((_, i) => (history[i] = drawNormal(draw)));
      const positions = createPositions(memory, { count: days, positions: 3 * days });
      let at = 0;
      for (let d = 0; d < days; d++) {
        positions.starts[d] = at;
        for (let r = 0; d % 17 !== 5 && r < 3; r++) {
          positions.rows[at] = r;
          positions.quantities[at++] = drawNormal(draw);
        }
      }
      positions.starts[days] = at;
      const realised = memory.f64(days);
      realised.forEach((_, d) => (realised[d] = 2 * drawNormal(draw)));
      const results = memory.f64(2 * days);
      const breaches = memory.i32(days);
      const tail = createTail(
        memory,
        tailShape(window, { valueAtRisk: level('0.95'), shortfall: level('0.925') }),
      );
      const job = rollJob(memory, {
        positions,
        history,
        stride,
        window,
        realised,
        tail,
        results,
        warms: memory.f64(days),
        breaches,
      });
      on.run(job);
      const whole = [results.slice(), breaches.slice()] as const;
      runInShares(on, job, 3);
      sameBits(results, whole[0]);
      expect(breaches).toEqual(whole[1]);
      return whole;
    });
    sameBits(outcomes[0]![0], outcomes[1]![0]);
    expect(outcomes[0]![1]).toEqual(outcomes[1]![1]);
    expect(new Set(outcomes[0]![1])).toEqual(new Set([0, 1, 2]));
  });
});

describe('t copula draws', () => {
  it.each([1, 2, 3, 4, 5, 7, 8])(
    'with %i degrees of freedom agree with the twin, however shared',
    (freedom) => {
      const factors = 5;
      const cells = 64;
      const drawn = [kernel, twin].map((on) => {
        const { memory } = on;
        const draw = makeUniform(31);
        const cholesky = memory.f64(factors * factors);
        for (let i = 0; i < factors; i++)
          for (let j = 0; j <= i; j++) cholesky[i * factors + j] = draw() - 0.3;
        const tables = memory.f64(factors * (cells + 1));
        tables.forEach((_, i) => (tables[i] = drawNormal(draw)));
        const out = memory.f64(factors * 208);
        out.fill(0);
        const job = copulaJob(memory, {
          cholesky,
          tables,
          out,
          factors,
          freedom,
          cells,
          scenarios: 200,
          stride: 208,
          key: [0xdeadbeef, 42],
          stream: 3,
        });
        on.run(job);
        const whole = out.slice();
        out.fill(0);
        runInShares(on, job, 3);
        sameBits(out, whole);
        return whole;
      });
      sameBits(drawn[0]!, drawn[1]!);
    },
  );
});

/** How cost grows with accounts, scenarios, instruments and threads: `node bench/growth.ts`. Milliseconds of processor time, on
 * the clock where there are two threads; median of three. */
import { openWorkers } from '../src/io/workers.ts';
import {
  assessScreenedJob,
  createMoves,
  mirrorJob,
  movesJob,
  repriceJob,
  screenJob,
} from '../src/kernel/jobs.ts';
import { createKernel, type Executor } from '../src/kernel/kernel.ts';
import { makeAccounts, makeSample, moveSample, type SampleShape } from '../src/kernel/sample.ts';
import { createBook, createTail, paddedOf } from '../src/kernel/shapes.ts';
import { cpuMs, digits, repeat, wallMs } from './measure.ts';

type Case = {
  readonly title: string;
  readonly accounts: number;
  readonly shape: SampleShape;
  readonly threads: number;
};

const SHAPE: SampleShape = { underlyings: 20, instruments: 100, futures: 5, scenarios: 1000, seed: 2 };

function withThreads(threads: number, stride: number): { on: Executor; close: () => void } {
  const kernel = createKernel({ bytes: 1 << 28, stride });
  if (threads === 1) return { on: kernel, close: () => undefined };
  const pool = openWorkers(kernel, { threads, stride });
  return { on: pool, close: () => pool.close() };
}

function measure(one: Case): void {
  const { shape, accounts, threads } = one;
  const { on, close } = withThreads(threads, paddedOf(shape.scenarios));
  const { memory } = on;
  const market = makeSample(on, shape);
  const { rows, records, vectors, optionCount: count } = market;
  const varRank = Math.ceil(shape.scenarios * 0.01);
  const size = shape.scenarios * 0.025;
  const tail = createTail(memory, { varRank, whole: Math.floor(size), part: size - Math.floor(size), size });
  const positions = makeAccounts(on, shape, { count: accounts, seed: 4 });
  const book = createBook(memory, { positions, rows, tail });
  const moves = createMoves(memory, rows.count);
  moves.marks.fill(0);
  const before = memory.keep(rows.exact);
  moveSample(on, market, { size: 0.002, seed: 5 });
  const reserves = memory.f64(accounts);
  const flagged = memory.i32(accounts);
  const clock = threads === 1 ? cpuMs : wallMs;
  const ms = [
    repriceJob(memory, { records, count, vectors, rows }),
    mirrorJob(memory, rows),
    assessScreenedJob(book),
    movesJob(memory, { rows, before, moves, tail }),
    screenJob(memory, { positions, moves, reserves, flagged }),
  ].map((job) => {
    on.run(job);
    return repeat(3, () => clock(() => void on.run(job)));
  });
  const perAccount = (1000 * ms[2]!) / accounts;
  const gib = memory.used / 2 ** 30;
  close();
  process.stdout.write(
    `| ${one.title} | ${(positions.rows.length / accounts).toFixed(1)} | ${ms.map(digits).join(' | ')} | ${digits(perAccount)} | ${gib.toFixed(2)} |\n`,
  );
}

const CASES: readonly Case[] = [
  ...[10_000, 100_000, 1_000_000].map((accounts) => ({
    title: `${accounts.toLocaleString('en')} accounts`,
    accounts,
    shape: SHAPE,
    threads: 1,
  })),
  { title: '1,000,000 accounts, two threads', accounts: 1_000_000, shape: SHAPE, threads: 2 },
  {
    title: '437,723 accounts, 162 instruments',
    accounts: 437_723,
    shape: { ...SHAPE, underlyings: 9, instruments: 18 },
    threads: 1,
  },
  ...[256, 1000, 10_000].map((scenarios) => ({
    title: `${scenarios.toLocaleString('en')} scenarios, 10,000 accounts`,
    accounts: 10_000,
    shape: { ...SHAPE, scenarios },
    threads: 1,
  })),
  ...[10, 100, 1000].map((instruments) => ({
    title: `${(instruments * 20).toLocaleString('en')} instruments, 10,000 accounts`,
    accounts: 10_000,
    shape: { ...SHAPE, instruments },
    threads: 1,
  })),
  { title: '2,000 instruments, 10,000 accounts, two threads', accounts: 10_000, shape: SHAPE, threads: 2 },
];

process.stdout.write(
  '| case | positions an account | reprice | mirror | assess all | moves | screen all | assess, µs an account | GiB |\n|---|---|---|---|---|---|---|---|---|\n',
);
for (const one of CASES) measure(one);

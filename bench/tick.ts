import {
  assessScreenedJob,
  createMoves,
  mirrorJob,
  type Moves,
  movesJob,
  repriceJob,
  screenJob,
} from '../src/kernel/jobs.ts';
import { createKernel, type Kernel } from '../src/kernel/kernel.ts';
import {
  makeAccounts,
  makeSample,
  moveSample,
  priceSample,
  type SampleMarket,
} from '../src/kernel/sample.ts';
import { type Book, createBook, createTail } from '../src/kernel/shapes.ts';
import { makeUniform } from '../src/base/random.ts';
import { MIXED, TAIL } from './inputs.ts';
import { cpuMs, digits, median } from './measure.ts';

const ACCOUNTS = 100_000;

type Stage = {
  readonly kernel: Kernel;
  readonly market: SampleMarket;
  readonly book: Book;
  readonly tail: Float64Array;
  readonly moves: Moves;
  readonly reserves: Float64Array;
  readonly flagged: Int32Array;
  readonly before: Float64Array;
  readonly records: Float64Array;
};

function makeStage(): Stage {
  const kernel = createKernel({ bytes: 1 << 28, stride: 1008 });
  const { memory } = kernel;
  const market = makeSample(kernel, MIXED);
  const tail = createTail(memory, TAIL);
  const positions = makeAccounts(kernel, MIXED, { count: ACCOUNTS, seed: 8 });
  const book = createBook(memory, { positions, rows: market.rows, tail });
  return {
    kernel,
    market,
    book,
    tail,
    moves: createMoves(memory, market.rows.count),
    reserves: memory.f64(ACCOUNTS),
    flagged: memory.i32(ACCOUNTS),
    before: memory.f64(market.rows.exact.length),
    records: market.records.slice(),
  };
}

/** Equity such that utilisation leans to the low side, at most 98.5 %. */
function fillReserves(stage: Stage, seed: number): void {
  const { book, reserves } = stage;
  const draw = makeUniform(seed);
  for (let a = 0; a < ACCOUNTS; a++) {
    const used = Math.min(0.985, 0.1 + 0.9 * Math.min(draw(), Math.max(draw(), draw())));
    const required = Math.max(0, book.results[2 * a + 1]!);
    reserves[a] = required / used - required;
  }
}

/** Every row and every account anew: what a frame costs without the bound. */
function fullRevaluation(stage: Stage): void {
  const { kernel, market, book } = stage;
  const { records, vectors, rows, optionCount: count } = market;
  kernel.run(repriceJob(kernel.memory, { records, count, vectors, rows }));
  kernel.run(mirrorJob(kernel.memory, rows));
  kernel.run(assessScreenedJob(book));
}

/** One frame: price what moved, bound, screen, reassess who is flagged. Gives how many. */
function tick(stage: Stage): number {
  const { kernel, market, book, tail, moves, reserves, flagged, before } = stage;
  const { memory } = kernel;
  const { records, vectors, rows, optionCount: count } = market;
  kernel.run(repriceJob(memory, { records, count, vectors, rows }));
  kernel.run(movesJob(memory, { rows, before, moves, tail }));
  const found = kernel.run(screenJob(memory, { positions: book.positions, moves, reserves, flagged }));
  for (let i = 0; i < found; i++)
    kernel.exports.assessPlain(book.record, flagged[i]!, flagged[i]! + 1, kernel.scratch);
  return found;
}

type Outcome = {
  readonly tickMs: number;
  readonly fullMs: number;
  readonly flagged: number;
  readonly breaches: number;
  readonly missed: number;
};

function oneMove(stage: Stage, size: number, seed: number): Outcome {
  const { kernel, market, book, before, records, reserves } = stage;
  market.records.set(records);
  priceSample(kernel, market);
  fullRevaluation(stage);
  fillReserves(stage, seed);
  before.set(market.rows.exact);
  const required = book.results.slice();
  const limits = reserves.slice();
  moveSample(kernel, market, { size, seed });
  stage.moves.marks.fill(0);
  let found = 0;
  const tickMs = cpuMs(() => (found = tick(stage)));
  const flags = new Set(stage.flagged.slice(0, found));
  const fullMs = cpuMs(() => fullRevaluation(stage));
  let breaches = 0;
  let missed = 0;
  for (let a = 0; a < ACCOUNTS; a++) {
    if (book.results[2 * a + 1]! - required[2 * a + 1]! <= limits[a]!) continue;
    breaches++;
    if (!flags.has(a)) missed++;
  }
  return { tickMs, fullMs, flagged: found, breaches, missed };
}

/** A tick of 100,000 accounts against a full revaluation, with a brute-force check that no breach is missed. */
export function measureTicks(rounds: number): Record<string, unknown>[] {
  const stage = makeStage();
  return [0.002, 0.01].map((size) => {
    const outcomes = Array.from({ length: rounds }, (_, i) => oneMove(stage, size, 100 + i));
    const ratio = median(outcomes.map((o) => o.fullMs / o.tickMs));
    const [tickMs, fullMs] = [median(outcomes.map((o) => o.tickMs)), median(outcomes.map((o) => o.fullMs))];
    const sum = (pick: (o: Outcome) => number): number => outcomes.reduce((s, o) => s + pick(o), 0);
    const missed = sum((o) => o.missed);
    process.stdout.write(
      `| tick of 100,000 accounts after a ${size * 100} % move | ${digits(tickMs)} | – | – | – | full ${digits(fullMs)} ms = ${digits(ratio)} × | ${Math.round(sum((o) => o.flagged) / rounds)} flagged, ${Math.round(sum((o) => o.breaches) / rounds)} breaches | ${missed === 0 ? 'none missed' : `MISSED ${missed}`} |\n`,
    );
    return {
      workload: `tick-${size}`,
      ours_ms: tickMs,
      full_ms: fullMs,
      ratio_full: ratio,
      flagged_share: sum((o) => o.flagged) / rounds / ACCOUNTS,
      breaches: sum((o) => o.breaches),
      missed,
      ok: missed === 0,
    };
  });
}

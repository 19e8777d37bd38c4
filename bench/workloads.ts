import type { WorkerPool } from '../src/io/workers.ts';
import {
  assessPlainJob,
  assessScreenedJob,
  assessSingleJob,
  type Job,
  repriceJob,
  runShare,
} from '../src/kernel/jobs.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { createTwinExports } from '../src/kernel/twin/exports.ts';
import { DRAWS, type Inputs } from './inputs.ts';
import { cpuMs, deviation, quantile, repeat, wallMs } from './measure.ts';
import type { Answer } from './peers.ts';

/** What is measured. `results` are compared with the twin's (to the bit) and the peers' (within `tolerance` of `scale`). */
export type Workload = {
  readonly name: string;
  /** The peers' workload, where it is another. */
  readonly against: string;
  readonly title: string;
  readonly times: number;
  readonly ours: () => Answer;
  /** On the clock, on all threads of the pool; null where one thread is the point. */
  readonly shared: (() => number) | null;
  /** On the clock, one thread: what `shared` is compared with. */
  readonly alone: (() => number) | null;
  readonly twin: () => number;
  readonly results: () => Float64Array;
  readonly scale: (i: number) => number;
  readonly tolerance: number;
  /** False where the peer draws its own random numbers. */
  readonly comparable: (peer: string) => boolean;
};

type Stage = { readonly kernel: Kernel; readonly pool: WorkerPool; readonly inputs: Inputs };

/** A workload that is one job. The twin runs a `part` of the items and its time is scaled up. */
function jobWorkload(
  stage: Stage,
  job: Job,
  rest: Pick<Workload, 'name' | 'title' | 'times' | 'results' | 'scale' | 'tolerance'> &
    Partial<Pick<Workload, 'against' | 'comparable'>> & { part: number },
): Workload {
  const { kernel, pool } = stage;
  const twin = createTwinExports(kernel.memory.wasm);
  const scratch = kernel.scratch;
  return {
    against: rest.name,
    comparable: () => true,
    ...rest,
    ours: () => ({ ms: repeat(rest.times, () => cpuMs(() => kernel.run(job))), p99: 0 }),
    shared: () => repeat(rest.times, () => wallMs(() => pool.run(job))),
    alone: () => repeat(rest.times, () => wallMs(() => kernel.run(job))),
    twin: () => {
      const hi = job.shares(1)[1]!;
      const some = Math.ceil(hi / rest.part / 4) * 4;
      const before = rest.results().slice();
      const ms = cpuMs(() => void runShare(twin, job, { lo: 0, hi: some, scratch }));
      if (rest.results().some((x, i) => !Object.is(x, before[i])))
        throw new Error(`${rest.name}: the twin differs`);
      return (ms * hi) / some;
    },
  };
}

function tradeWorkload(stage: Stage): Workload {
  const { kernel, inputs } = stage;
  const { desk, trades, book, gross } = inputs;
  const count = trades.slots.length;
  const results = new Float64Array(2 * count);
  const took = new Float64Array(count);
  const scaleOf = (i: number): number =>
    gross[trades.slots[i]!]! + Math.abs(trades.quantities[i]!) * book.rows.norms[trades.rows[i]!]!;
  return {
    name: 'trade',
    against: 'trade',
    title: 'pre-trade check from a cached vector (one question)',
    times: 1,
    ours: () => {
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        desk.ask(trades.slots[i]!, trades.rows[i]!, trades.quantities[i]!);
        took[i] = performance.now() - start;
        results[2 * i] = desk.result[0]!;
        results[2 * i + 1] = desk.result[1]!;
      }
      return { ms: quantile([...took], 0.5), p99: quantile([...took], 0.99) };
    },
    shared: null,
    alone: null,
    twin: () => {
      const { memory, scratch } = kernel;
      const twin = createTwinExports(memory.wasm);
      const { stride, scenarios, exact } = book.rows;
      const out = memory.at(desk.result);
      return repeat(50, () => {
        const i = 17;
        const vector = desk.vector(trades.slots[i]!).byteOffset;
        const row = memory.at(exact) + trades.rows[i]! * stride * 8;
        return cpuMs(() =>
          twin.assessTrade(
            vector,
            row,
            trades.quantities[i]!,
            memory.at(inputs.tail),
            stride,
            scenarios,
            out,
            0,
            scratch,
          ),
        );
      });
    },
    results: () => results,
    scale: (i) => scaleOf(i >> 1),
    tolerance: 1e-12,
    comparable: () => true,
  };
}

/** The workloads of the table. */
export function listWorkloads(stage: Stage): Workload[] {
  const { kernel, inputs } = stage;
  const { memory } = kernel;
  const { book, options, copula, gross } = inputs;
  const { records, vectors, optionCount, rows } = options;
  const perAccount = (i: number): number => gross[i >> 1]!;
  const errors = memory.f64(book.positions.count);
  const results = (): Float64Array => book.results;
  const accounts = { results, scale: perAccount, times: 1, part: 50 };
  return [
    jobWorkload(stage, repriceJob(memory, { records, count: optionCount, vectors, rows }), {
      name: 'reprice',
      title: 'reprice 2,000 options × 1,000 scenarios, f64',
      times: 3,
      results: () => rows.exact,
      scale: (i) => Math.max(1, records[Math.floor(i / rows.stride) * 14 + 4]!),
      tolerance: 1e-12,
      part: 100,
    }),
    jobWorkload(stage, assessScreenedJob(book), {
      ...accounts,
      name: 'assess',
      title: '10,000 accounts: aggregate, VaR and ES, exact f64 (f32 rules scenarios out)',
      tolerance: 1e-12,
    }),
    jobWorkload(stage, assessPlainJob(book), {
      ...accounts,
      name: 'assess-plain',
      against: 'assess',
      title: 'the same, every scenario in f64',
      tolerance: 1e-12,
    }),
    jobWorkload(stage, assessSingleJob(memory, book, errors), {
      ...accounts,
      name: 'assess-f32',
      title: 'the same in f32 inside a bound',
      tolerance: 1e-6,
    }),
    tradeWorkload(stage),
    jobWorkload(stage, copula.job, {
      name: 'copula',
      title: `Monte Carlo ${DRAWS.toLocaleString('en')} × 20, t copula, f64`,
      times: 3,
      results: () => copula.out,
      scale: () => 1,
      tolerance: 1e-13,
      comparable: (peer) => peer === 'native',
      part: 100,
    }),
  ];
}

/** How far a peer's results are from ours, as a share of the workload's scale; null where they cannot be compared. */
export function disagreement(workload: Workload, peer: string, theirs: Float64Array | null): number | null {
  if (theirs === null || !workload.comparable(peer)) return null;
  const ours = workload.results();
  if (theirs.length === ours.length) return deviation(ours, theirs, workload.scale);
  return unpadded(workload, theirs);
}

/** Rows without their padding. */
function unpadded(workload: Workload, theirs: Float64Array): number {
  const ours = workload.results();
  const [stride, scenarios] = [1008, 1000];
  let worst = 0;
  for (let i = 0; i < theirs.length; i++) {
    const at = Math.floor(i / scenarios) * stride + (i % scenarios);
    worst = Math.max(worst, Math.abs(ours[at]! - theirs[i]!) / workload.scale(at));
  }
  return worst;
}

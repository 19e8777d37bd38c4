import { Worker } from 'node:worker_threads';
import type { Failure } from '../base/failure.ts';
import type { WalkRequest } from '../study/walk/plan.ts';
import { type DayOutcome, pendingDays, type WalkTable, writeDay } from '../study/walk/table.ts';

export type WalkTask = { readonly days: readonly number[] };
export type WalkAnswer =
  { readonly outcome: DayOutcome } | { readonly failure: Failure } | { readonly idle: true };

/** This file and the thread's have the same ending, in the sources and when built. */
const THREAD_FILE = `./walk-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
/** Moments handed out at once: enough that refits are shared, few enough that no thread is left alone at the end. */
const TASK_DAYS_MIN = 8;

export type WalkWatch = {
  readonly threads: number;
  /** Called after every moment with how many are done. */
  readonly onDay: (done: number) => void;
  /** Aborts: what is done stays in the table. */
  readonly signal: AbortSignal;
};

/**
 * Computes the pending moments of a table on several threads. Every moment depends on the request alone, so the table is the same bits
 * whatever the number of threads and however often the work was interrupted. Gives the first refusal, or null.
 */
export async function walkOnThreads(
  request: WalkRequest,
  table: WalkTable,
  watch: WalkWatch,
): Promise<Failure | null> {
  const tasks = cutTasks(pendingDays(table), request.refitEvery);
  let done = table.done.reduce((sum, one) => sum + one, 0);
  let refusal: Failure | null = null;
  const threads = Math.max(1, Math.min(watch.threads, tasks.length));
  const runs = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL(THREAD_FILE, import.meta.url), { workerData: request });
    return new Promise<void>((resolve, reject) => {
      const end = (): void => void worker.terminate().then(() => resolve());
      watch.signal.addEventListener('abort', end);
      worker.on('error', reject);
      worker.on('message', (answer: WalkAnswer) => {
        if ('outcome' in answer) {
          writeDay(table, answer.outcome);
          done += 1;
          watch.onDay(done);
        } else if ('failure' in answer) {
          refusal ??= answer.failure;
          tasks.length = 0;
          end();
        } else {
          const task = tasks.shift();
          if (task === undefined || watch.signal.aborted) end();
          else worker.postMessage(task);
        }
      });
    });
  });
  await Promise.all(runs);
  return refusal;
}

/** Cuts moments into tasks that do not share a refit. */
function cutTasks(days: readonly number[], refitEvery: number): WalkTask[] {
  const span = refitEvery * Math.max(1, Math.ceil(TASK_DAYS_MIN / refitEvery));
  const tasks = Map.groupBy(days, (day) => Math.floor(day / span));
  return [...tasks.values()].map((task) => ({ days: task }));
}

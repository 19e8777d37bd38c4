import { fingerprintOf, resumeWalk, saveWalk } from '../io/walk-file.ts';
import { walkOnThreads } from '../io/walk-workers.ts';
import { isFailure } from '../base/failure.ts';
import { planWalk, type WalkPlan, type WalkRequest } from '../study/walk/plan.ts';
import { emptyTable, type WalkTable } from '../study/walk/table.ts';
import { orRefuse, Refused } from './failure-exit.ts';
import { startProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { threadsOf, type WalkOptions } from './walk-options.ts';

/** A finished walk, how long it took in this run, and on how many threads. */
export type WalkRun = {
  readonly plan: WalkPlan;
  readonly table: WalkTable;
  readonly elapsedMs: number;
  readonly threads: number;
};

const SAVE_EVERY_MS = 20_000;

/**
 * Walks a request to its end, with a progress line, saving to `--resume` every twenty seconds and on Ctrl-C. Gives null where Ctrl-C
 * stopped it.
 */
export async function runWalk(
  request: WalkRequest,
  options: WalkOptions,
  terminal: Terminal,
): Promise<WalkRun | null> {
  const plan = orRefuse(planWalk(request));
  const shape = {
    days: plan.rows.length,
    books: request.books.length,
    methodIds: request.methods.map(({ id }) => id),
  };
  const file = options.resume;
  const fingerprint = file === undefined ? '' : fingerprintOf(request);
  const table = file === undefined ? emptyTable(shape) : orRefuse(resumeWalk(file, fingerprint, shape));
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  const from = table.done.reduce((sum, one) => sum + one, 0);
  const progress = startProgress('walking', { total: shape.days, from });
  const startMs = performance.now();
  let savedMs = startMs;
  const threads = threadsOf(options);
  const refusal = await walkOnThreads(request, table, {
    threads,
    signal: stop.signal,
    onDay: (done) => {
      progress.show(done);
      if (file === undefined || performance.now() - savedMs < SAVE_EVERY_MS) return;
      saveWalk(file, fingerprint, table);
      savedMs = performance.now();
    },
  });
  progress.end();
  process.off('SIGINT', onInterrupt);
  if (file !== undefined) saveWalk(file, fingerprint, table);
  if (isFailure(refusal)) throw new Refused(refusal);
  if (stop.signal.aborted) {
    terminal.note(
      file === undefined
        ? 'stopped; nothing was kept (--resume FILE keeps it)'
        : `stopped; go on with --resume ${file}`,
    );
    return null;
  }
  return { plan, table, elapsedMs: performance.now() - startMs, threads };
}

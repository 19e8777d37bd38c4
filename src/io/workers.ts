import { Worker } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { type Job, runShare } from '../kernel/jobs.ts';
import type { Executor, Kernel } from '../kernel/kernel.ts';
import { scratchBytes } from '../kernel/shapes.ts';
import {
  ARGUMENT_COUNT,
  ARGUMENTS_AT,
  ARGUMENTS_MAX,
  BOUNDS,
  CONTROL_BYTES,
  COUNTS,
  DONE,
  FAILED,
  JOB_NAMES,
  NAME,
  SEQUENCE,
  STOP,
  THREADS_MAX,
  type WorkerStart,
} from './worker-protocol.ts';

/** Kernels on several threads over one memory. Same results as on one, to the bit: the shares are static and do not overlap. */
export type WorkerPool = Executor & {
  readonly threads: number;
  /** Ends the workers. */
  close(): void;
};

const SPINS = 2000;
const ANSWER_MS_MAX = 120_000;
/** This file and the worker's have the same ending, in the sources and when built. */
const WORKER_FILE = `./worker-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;

type Control = { readonly words: Int32Array; readonly numbers: Float64Array };

function post(control: Control, job: Job, bounds: readonly number[]): void {
  const { words, numbers } = control;
  assert(job.args.length <= ARGUMENTS_MAX, 'a job has too many arguments for the control block');
  words[NAME] = JOB_NAMES.indexOf(job.name);
  words[ARGUMENT_COUNT] = job.args.length;
  numbers.set(job.args);
  words.set(bounds, BOUNDS);
  Atomics.store(words, DONE, 0);
  Atomics.store(words, SEQUENCE, (words[SEQUENCE]! + 1) & 0x3fffffff);
  Atomics.notify(words, SEQUENCE);
}

function awaitDone(words: Int32Array, workers: number): void {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(words, DONE) === workers) return;
  for (;;) {
    const done = Atomics.load(words, DONE);
    if (done === workers) return;
    assert(Atomics.wait(words, DONE, done, ANSWER_MS_MAX) !== 'timed-out', 'a worker does not answer');
  }
}

/**
 * Shares the jobs of `kernel` between the calling thread and `threads` − 1 workers (2 to 16 threads). `stride`: most scenarios
 * of a row. Calls are synchronous. Source of the design: spin first, then sleep, because starting a sleeping thread costs more than
 * a small job.
 */
export function openWorkers(kernel: Kernel, size: { threads: number; stride: number }): WorkerPool {
  const { threads, stride } = size;
  const { memory, module, exports, scratch } = kernel;
  assert(threads >= 2 && threads <= THREADS_MAX, 'a pool has two to sixteen threads');
  assert(module !== null, 'twins run on one thread');
  const at = memory.allocate(CONTROL_BYTES);
  const control = {
    words: new Int32Array(memory.wasm.buffer, at, ARGUMENTS_AT / 4),
    numbers: new Float64Array(memory.wasm.buffer, at + ARGUMENTS_AT, ARGUMENTS_MAX),
  };
  control.words.fill(0);
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const start: WorkerStart = {
      module,
      memory: memory.wasm,
      control: at,
      share: i + 1,
      scratch: memory.allocate(scratchBytes(stride)),
    };
    const worker = new Worker(new URL(WORKER_FILE, import.meta.url), { workerData: start });
    worker.unref();
    return worker;
  });
  return {
    memory,
    threads,
    run: (job) => {
      const bounds = job.shares(threads);
      post(control, job, bounds);
      let count = runShare(exports, job, { lo: bounds[0]!, hi: bounds[1]!, scratch });
      awaitDone(control.words, threads - 1);
      assert(Atomics.load(control.words, FAILED) === 0, 'a worker stopped on an error');
      for (let t = 1; t < threads; t++) count += control.words[COUNTS + t]!;
      return count;
    },
    close: () => {
      Atomics.store(control.words, SEQUENCE, STOP);
      Atomics.notify(control.words, SEQUENCE);
      for (const worker of workers) void worker.terminate();
    },
  };
}

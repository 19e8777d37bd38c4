import { workerData } from 'node:worker_threads';
import { runShare } from '../kernel/jobs.ts';
import { bindKernel } from '../kernel/wasm.ts';
import {
  ARGUMENT_COUNT,
  ARGUMENTS_AT,
  ARGUMENTS_MAX,
  BOUNDS,
  COUNTS,
  DONE,
  FAILED,
  JOB_NAMES,
  NAME,
  SEQUENCE,
  STOP,
  type WorkerStart,
} from './worker-protocol.ts';

/** Spins this often before it sleeps: a frame's jobs follow each other within microseconds. */
const SPINS = 2000;

function awaitSequence(words: Int32Array, seen: number): number {
  for (let i = 0; i < SPINS; i++) {
    const now = Atomics.load(words, SEQUENCE);
    if (now !== seen) return now;
  }
  while (Atomics.load(words, SEQUENCE) === seen) Atomics.wait(words, SEQUENCE, seen);
  return Atomics.load(words, SEQUENCE);
}

function serve(start: WorkerStart): void {
  const { module, memory, control, share, scratch } = start;
  const exports = bindKernel(module, memory);
  const words = new Int32Array(memory.buffer, control, ARGUMENTS_AT / 4);
  const numbers = new Float64Array(memory.buffer, control + ARGUMENTS_AT, ARGUMENTS_MAX);
  let seen = 0;
  for (;;) {
    seen = awaitSequence(words, seen);
    if (seen === STOP) return;
    const job = { name: JOB_NAMES[words[NAME]!]!, args: [...numbers.subarray(0, words[ARGUMENT_COUNT]!)] };
    try {
      words[COUNTS + share] = runShare(exports, job, {
        lo: words[BOUNDS + share]!,
        hi: words[BOUNDS + share + 1]!,
        scratch,
      });
    } catch {
      Atomics.store(words, FAILED, 1);
    }
    Atomics.add(words, DONE, 1);
    Atomics.notify(words, DONE);
  }
}

serve(workerData as WorkerStart);

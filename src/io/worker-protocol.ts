import type { JobName } from '../kernel/jobs.ts';
import type { WasmMemory, WasmModule } from '../kernel/wasm.ts';

/** What a worker is started with. */
export type WorkerStart = {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  /** Byte offset of the control block in the memory. */
  readonly control: number;
  /** Its share: 1 and up; the calling thread is 0. */
  readonly share: number;
  readonly scratch: number;
};

/**
 * Control block: i32 words, then f64 arguments at byte `ARGUMENTS_AT`. The caller writes the job and raises `SEQUENCE`; each worker
 * runs its share, writes its count and raises `DONE`.
 */
export const SEQUENCE = 0;
export const DONE = 1;
export const NAME = 2;
export const ARGUMENT_COUNT = 3;
export const FAILED = 4;
export const THREADS_MAX = 16;
/** Bounds of the shares, `THREADS_MAX` + 1 words. */
export const BOUNDS = 8;
/** Counts of the shares. */
export const COUNTS = 32;
export const ARGUMENTS_AT = 256;
export const ARGUMENTS_MAX = 16;
export const CONTROL_BYTES: number = ARGUMENTS_AT + 8 * ARGUMENTS_MAX;

/** Jobs by number. */
export const JOB_NAMES: readonly JobName[] = [
  'repriceOptions',
  'mirrorRows',
  'assessPlain',
  'assessScreened',
  'assessSingle',
  'moveRows',
  'screenAccounts',
  'rollTail',
  'drawCopula',
];
/** Sequence number that ends a worker. */
export const STOP = -1;

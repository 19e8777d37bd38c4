import { type Job, runShare } from './jobs.ts';
import { KernelMemory } from './memory.ts';
import { scratchBytes } from './shapes.ts';
import { createTwinExports } from './twin/exports.ts';
import { bindKernel, compileKernel, createWasmMemory, type KernelExports, type WasmModule } from './wasm.ts';

/** Where jobs run. The results are the same bits whichever it is: kernels or twins, one thread or many. */
export type Executor = {
  readonly memory: KernelMemory;
  /** Runs a job to its end; gives the sum of its counts over the shares. */
  run(job: Job): number;
};

/** Kernels, memory and scratch of one thread. */
export type Kernel = Executor & {
  readonly exports: KernelExports;
  readonly scratch: number;
  /** For other threads; null for the twin. */
  readonly module: WasmModule | null;
};

/** `bytes`: memory to begin with, it grows; `stride`: most scenarios of a row. */
export type KernelSize = { readonly bytes: number; readonly stride: number };

function assemble(
  exports: KernelExports,
  memory: KernelMemory,
  rest: { stride: number; module: WasmModule | null },
): Kernel {
  const scratch = memory.allocate(scratchBytes(rest.stride));
  return {
    exports,
    memory,
    scratch,
    module: rest.module,
    run: (job) => {
      const [lo, hi] = job.shares(1) as [number, number];
      return runShare(exports, job, { lo, hi, scratch });
    },
  };
}

/** The WebAssembly kernels on the calling thread. */
export function createKernel(size: KernelSize): Kernel {
  const module = compileKernel();
  const from = bindKernel(module, createWasmMemory(0)).dataEnd();
  const memory = new KernelMemory(from, size.bytes);
  return assemble(bindKernel(module, memory.wasm), memory, { stride: size.stride, module });
}

/** The slow twins of the kernels on the calling thread. */
export function createTwin(size: KernelSize): Kernel {
  const memory = new KernelMemory(1024, size.bytes);
  return assemble(createTwinExports(memory.wasm), memory, { stride: size.stride, module: null });
}

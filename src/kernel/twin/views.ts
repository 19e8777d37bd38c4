import type { WasmMemory } from '../wasm.ts';

/** The memory of the kernels as typed arrays from byte 0. */
export type Views = {
  readonly f64: Float64Array;
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
};

export function viewMemory(memory: WasmMemory): Views {
  const { buffer } = memory;
  return {
    f64: new Float64Array(buffer),
    f32: new Float32Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
  };
}

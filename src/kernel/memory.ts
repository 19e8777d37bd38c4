import { assert } from '../base/assert.ts';
import { createWasmMemory, type Pointer, type WasmMemory } from './wasm.ts';

const LINE_BYTES = 64;
const PAGE_BYTES = 65536;

type View = Float64Array | Float32Array | Int32Array | Uint32Array;

/**
 * The memory that kernels, twins and worker threads share, handed out from the bottom up, each array on a cache line of its own.
 * What was handed out after a mark is taken back by releasing the mark. Arrays stay valid when the memory grows.
 */
export class KernelMemory {
  readonly wasm: WasmMemory;
  #top: Pointer;
  #buffers: Set<ArrayBufferLike> = new Set();

  /** `from`: first free byte, behind the constants of the module; `bytes`: size to begin with. */
  constructor(from: Pointer, bytes: number) {
    this.wasm = createWasmMemory(from + bytes);
    this.#top = from;
    this.#buffers.add(this.wasm.buffer);
  }

  /** Zeroed only when never used before. */
  allocate(bytes: number): Pointer {
    const at = Math.ceil(this.#top / LINE_BYTES) * LINE_BYTES;
    this.#top = at + bytes;
    const missing = this.#top - this.wasm.buffer.byteLength;
    if (missing > 0) {
      this.wasm.grow(Math.ceil(missing / PAGE_BYTES));
      this.#buffers.add(this.wasm.buffer);
    }
    return at;
  }

  /** The memory's bytes. Engines may hand out another object for the same bytes at any time; every one that arrays were made of is known. */
  #buffer(): SharedArrayBuffer {
    const { buffer } = this.wasm;
    this.#buffers.add(buffer);
    return buffer;
  }

  f64(length: number): Float64Array {
    const at = this.allocate(length * 8);
    return new Float64Array(this.#buffer(), at, length);
  }

  f32(length: number): Float32Array {
    const at = this.allocate(length * 4);
    return new Float32Array(this.#buffer(), at, length);
  }

  i32(length: number): Int32Array {
    const at = this.allocate(length * 4);
    return new Int32Array(this.#buffer(), at, length);
  }

  u32(length: number): Uint32Array {
    const at = this.allocate(length * 4);
    return new Uint32Array(this.#buffer(), at, length);
  }

  /** Where an array of this memory begins. */
  at(view: View): Pointer {
    assert(this.#buffers.has(view.buffer), 'the array lies outside the memory of the kernels');
    return view.byteOffset;
  }

  /** A copy of `values` in this memory. */
  keep(values: Float64Array | readonly number[]): Float64Array {
    const to = this.f64(values.length);
    to.set(values);
    return to;
  }

  mark(): Pointer {
    return this.#top;
  }

  release(mark: Pointer): void {
    assert(mark <= this.#top, 'a mark is released once');
    this.#top = mark;
  }

  /** Bytes handed out so far. */
  get used(): number {
    return this.#top;
  }
}

import { assert } from '../base/assert.ts';
import { KERNEL_BASE64 } from './binary.generated.ts';

/** The little of the WebAssembly interface that is used here. */
declare const WebAssembly: {
  readonly Memory: new (shape: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: unknown };
};

export type WasmMemory = { readonly buffer: SharedArrayBuffer; grow(pages: number): number };
export type WasmModule = object;

/** A byte offset into the memory of the kernels. */
export type Pointer = number;

/**
 * What the module exports and the twin does too, with the same bits. Pointers are byte offsets; ranges are `lo` ≤ i < `hi`; `scratch`
 * belongs to the caller's thread. Meaning, layout and units: the sources of the same names in assembly/.
 */
export type KernelExports = {
  repriceOptions(
    records: Pointer,
    vectors: Pointer,
    out: Pointer,
    stride: number,
    scenarios: number,
    lo: number,
    hi: number,
    scratch: Pointer,
  ): void;
  mirrorRows(
    exact: Pointer,
    single: Pointer,
    columns: Pointer,
    norms: Pointer,
    stride: number,
    column: number,
    scenarios: number,
    lo: number,
    hi: number,
    scratch: Pointer,
  ): void;
  sumPositions(
    rows: Pointer,
    quantities: Pointer,
    count: number,
    matrix: Pointer,
    stride: number,
    scenarios: number,
    out: Pointer,
  ): void;
  assessPlain(book: Pointer, lo: number, hi: number, scratch: Pointer): void;
  assessScreened(book: Pointer, lo: number, hi: number, scratch: Pointer): number;
  assessSingle(book: Pointer, errors: Pointer, lo: number, hi: number, scratch: Pointer): void;
  assessTrade(
    vector: Pointer,
    row: Pointer,
    quantity: number,
    tail: Pointer,
    stride: number,
    scenarios: number,
    out: Pointer,
    warm: Pointer,
    scratch: Pointer,
  ): void;
  assessVector(
    vector: Pointer,
    tail: Pointer,
    stride: number,
    scenarios: number,
    out: Pointer,
    warm: Pointer,
    scratch: Pointer,
  ): void;
  applyTrade(vector: Pointer, row: Pointer, quantity: number, scenarios: number): void;
  moveRows(
    now: Pointer,
    then: Pointer,
    marks: Pointer,
    pairs: Pointer,
    results: Pointer,
    warms: Pointer,
    tail: Pointer,
    stride: number,
    scenarios: number,
    lo: number,
    hi: number,
    scratch: Pointer,
  ): void;
  screenAccounts(
    starts: Pointer,
    rows: Pointer,
    quantities: Pointer,
    pairs: Pointer,
    reserves: Pointer,
    flagged: Pointer,
    lo: number,
    hi: number,
    scratch: Pointer,
  ): number;
  rollTail(
    starts: Pointer,
    rows: Pointer,
    quantities: Pointer,
    matrix: Pointer,
    realised: Pointer,
    tail: Pointer,
    results: Pointer,
    warms: Pointer,
    breaches: Pointer,
    stride: number,
    window: number,
    lo: number,
    hi: number,
    scratch: Pointer,
  ): void;
  drawCopula(
    cholesky: Pointer,
    tables: Pointer,
    out: Pointer,
    factors: number,
    freedom: number,
    cells: number,
    stride: number,
    key0: number,
    key1: number,
    stream: number,
    lo: number,
    hi: number,
    scratch: Pointer,
  ): void;
  dataEnd(): Pointer;
};

const PAGE_BYTES = 65536;
/** 4 GiB of addresses, which cost nothing until they are used. */
const PAGES_MAX = 65536;

/** A growing shared memory of at least `bytes`. */
export function createWasmMemory(bytes: number): WasmMemory {
  const initial = Math.max(2, Math.ceil(bytes / PAGE_BYTES));
  assert(initial <= PAGES_MAX, 'the kernels address 4 GiB');
  return new WebAssembly.Memory({ initial, maximum: PAGES_MAX, shared: true });
}

/** Compiles the committed module; the same object serves every thread. */
export function compileKernel(): WasmModule {
  const text = atob(KERNEL_BASE64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return new WebAssembly.Module(bytes);
}

/** Binds the module to a memory. */
export function bindKernel(module: WasmModule, memory: WasmMemory): KernelExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as KernelExports;
}

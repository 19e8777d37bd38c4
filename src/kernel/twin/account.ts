import { readTail, writeTail } from './tail.ts';
import type { Views } from './views.ts';

type BookRecord = {
  readonly starts: number;
  readonly rows: number;
  readonly quantities: number;
  readonly exact: number;
  readonly single: number;
  readonly norms: number;
  readonly tail: number;
  readonly results: number;
  readonly stride: number;
  readonly scenarios: number;
};

function readBook({ u32 }: Views, book: number): BookRecord {
  const at = book / 4;
  const field = (i: number): number => u32[at + i]!;
  return {
    starts: field(0) / 4,
    rows: field(1) / 4,
    quantities: field(2) / 8,
    exact: field(3) / 8,
    single: field(4) / 4,
    norms: field(5) / 8,
    tail: field(6),
    results: field(7),
    stride: field(8),
    scenarios: field(9),
  };
}

/** Σ quantity · row in position order; the first product starts the sum. */
export function sumPositions(
  views: Views,
  rows: number,
  quantities: number,
  count: number,
  matrix: number,
  stride: number,
  scenarios: number,
  out: number,
): void {
  const padded = Math.ceil(scenarios / 16) * 16;
  const { f64, u32 } = views;
  for (let s = 0; s < padded; s++) {
    let sum = 0;
    for (let j = 0; j < count; j++) {
      const product = f64[quantities / 8 + j]! * f64[matrix / 8 + u32[rows / 4 + j]! * stride + s]!;
      sum = j === 0 ? product : sum + product;
    }
    f64[out / 8 + s] = sum;
  }
}

function exactVector(views: Views, book: BookRecord, account: number): Float64Array {
  const { f64, i32, u32 } = views;
  const vector = new Float64Array(book.scenarios);
  const from = i32[book.starts + account]!;
  const to = i32[book.starts + account + 1]!;
  for (let s = 0; s < vector.length; s++) {
    let sum = 0;
    for (let p = from; p < to; p++) {
      const product = f64[book.quantities + p]! * f64[book.exact + u32[book.rows + p]! * book.stride + s]!;
      sum = p === from ? product : sum + product;
    }
    vector[s] = sum;
  }
  return vector;
}

function singleVector(views: Views, book: BookRecord, account: number): Float64Array {
  const { f64, f32, i32, u32 } = views;
  const vector = new Float64Array(book.scenarios);
  const from = i32[book.starts + account]!;
  const to = i32[book.starts + account + 1]!;
  for (let s = 0; s < vector.length; s++) {
    let sum = 0;
    for (let p = from; p < to; p++) {
      const x = f32[book.single + u32[book.rows + p]! * book.stride + s]!;
      const product = Math.fround(Math.fround(f64[book.quantities + p]!) * x);
      sum = p === from ? product : Math.fround(sum + product);
    }
    vector[s] = sum;
  }
  return vector;
}

function singleError(views: Views, book: BookRecord, account: number): number {
  const { f64, i32, u32 } = views;
  const from = i32[book.starts + account]!;
  const to = i32[book.starts + account + 1]!;
  if (from === to) return 0;
  let gross = 0;
  for (let p = from; p < to; p++)
    gross += Math.abs(f64[book.quantities + p]!) * f64[book.norms + u32[book.rows + p]!]!;
  return gross * ((to - from + 4) * 5.961e-8) + 1e-30;
}

function assess(
  views: Views,
  book: BookRecord,
  account: number,
  vectorOf: (views: Views, book: BookRecord, account: number) => Float64Array,
): void {
  const out = book.results + account * 16;
  if (views.i32[book.starts + account] === views.i32[book.starts + account + 1]) {
    views.f64[out / 8] = 0;
    views.f64[out / 8 + 1] = 0;
    return;
  }
  writeTail(views.f64, out, vectorOf(views, book, account), readTail(views.f64, book.tail));
}

/** Twin of `assessPlain` and, since both give the exact tail, of `assessScreened`. */
export function assessPlain(views: Views, book: number, lo: number, hi: number): void {
  const record = readBook(views, book);
  for (let a = lo; a < hi; a++) assess(views, record, a, exactVector);
}

export function assessSingle(views: Views, book: number, errors: number, lo: number, hi: number): void {
  const record = readBook(views, book);
  for (let a = lo; a < hi; a++) {
    views.f64[errors / 8 + a] = singleError(views, record, a);
    assess(views, record, a, singleVector);
  }
}

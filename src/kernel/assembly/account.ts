/** Whole accounts: positions × rows → P&L vector → VaR and ES. Three ways, one answer for the first two. */
import { sumRows } from './aggregate';
import { padded } from './lanes';
import {
  SLACK, above, closePad, coldThreshold, collect, finish, indicesAt, mark, masksAt, needed, spareAt, tailOf, valuesAt,
} from './tail';

/** Relative error of one f32 rounding, 2^-24, with room for the f64 sums beside it. */
// @ts-ignore: decorator
@inline const ROUNDING: f64 = 5.961e-8;

/** Everything an account is computed from; a record in memory, see `bookRecord` beside the loader. All fields are u32. */
// @ts-ignore: decorator
@inline function starts(book: usize): usize { return load<u32>(book); }
// @ts-ignore: decorator
@inline function rowsOf(book: usize): usize { return load<u32>(book, 4); }
// @ts-ignore: decorator
@inline function quantitiesOf(book: usize): usize { return load<u32>(book, 8); }
// @ts-ignore: decorator
@inline function exactMatrix(book: usize): usize { return load<u32>(book, 12); }
// @ts-ignore: decorator
@inline function singleMatrix(book: usize): usize { return load<u32>(book, 16); }
// @ts-ignore: decorator
@inline function norms(book: usize): usize { return load<u32>(book, 20); }
// @ts-ignore: decorator
@inline function tailRecord(book: usize): usize { return load<u32>(book, 24); }
// @ts-ignore: decorator
@inline function results(book: usize): usize { return load<u32>(book, 28); }
// @ts-ignore: decorator
@inline function strideOf(book: usize): i32 { return load<i32>(book, 32); }
// @ts-ignore: decorator
@inline function scenariosOf(book: usize): i32 { return load<i32>(book, 36); }
/** The exact matrix once more, one scenario after the other: a shortlisted scenario's rows lie side by side. */
// @ts-ignore: decorator
@inline function columnsOf(book: usize): usize { return load<u32>(book, 40); }
// @ts-ignore: decorator
@inline function columnStride(book: usize): usize { return load<u32>(book, 44); }
/** Thresholds of the last assessment, NaN where there was none; they speed the next one up and change no result. */
// @ts-ignore: decorator
@inline function warmOf(book: usize, account: i32): usize { return <usize>load<u32>(book, 48) + ((<usize>account) << 3); }

/** Largest distance between the f32 and the f64 sum in any scenario: Σ|q|·max|x| · (count + 4) roundings. */
function singleError(rows: usize, quantities: usize, count: i32, norms: usize): f64 {
  let gross = 0.0;
  for (let i = 0; i < count; i++) {
    gross += abs(load<f64>(quantities + ((<usize>i) << 3))) * load<f64>(norms + ((<usize>load<u32>(rows + ((<usize>i) << 2))) << 3));
  }
  return gross * (<f64>(count + 4) * ROUNDING) + 1e-30;
}

/** Where the column of shortlisted scenario `i` begins. */
// @ts-ignore: decorator
@inline function columnAt(columns: usize, column: usize, indices: usize, i: i32): usize {
  return columns + (<usize>load<u32>(indices + ((<usize>i) << 2))) * column;
}
/** P&L of one row in two scenarios. */
// @ts-ignore: decorator
@inline function cells(a: usize, b: usize, offset: usize): v128 {
  return v128.load_lane<f64>(b + offset, v128.load_zero<f64>(a + offset), 1);
}

/** Exact P&L of the shortlisted scenarios, eight at a time, in position order. The list is padded to eights. */
function refine(rows: usize, quantities: usize, count: i32, columns: usize, column: usize, indices: usize, listed: i32, values: usize): void {
  for (let i = 0; i < listed; i += 8) {
    const a = columnAt(columns, column, indices, i), b = columnAt(columns, column, indices, i + 1);
    const c = columnAt(columns, column, indices, i + 2), d = columnAt(columns, column, indices, i + 3);
    const e = columnAt(columns, column, indices, i + 4), f = columnAt(columns, column, indices, i + 5);
    const g = columnAt(columns, column, indices, i + 6), h = columnAt(columns, column, indices, i + 7);
    let ab = f64x2.splat(0), cd = ab, ef = ab, gh = ab;
    for (let j = 0; j < count; j++) {
      const offset = (<usize>load<u32>(rows + ((<usize>j) << 2))) << 3;
      const q = v128.load_splat<f64>(quantities + ((<usize>j) << 3));
      ab = f64x2.add(ab, f64x2.mul(q, cells(a, b, offset)));
      cd = f64x2.add(cd, f64x2.mul(q, cells(c, d, offset)));
      ef = f64x2.add(ef, f64x2.mul(q, cells(e, f, offset)));
      gh = f64x2.add(gh, f64x2.mul(q, cells(g, h, offset)));
    }
    const to = values + ((<usize>i) << 3);
    v128.store(to, ab);
    v128.store(to, cd, 16);
    v128.store(to, ef, 32);
    v128.store(to, gh, 48);
  }
}

/** VaR and ES of the exact f64 vector, found from all scenarios in f64. */
export function assessPlain(book: usize, lo: i32, hi: i32, scratch: usize): void {
  for (let a = lo; a < hi; a++) plain(book, a, scratch);
}

function plain(book: usize, account: i32, scratch: usize): void {
  const start = load<i32>(starts(book) + ((<usize>account) << 2)), count = load<i32>(starts(book) + ((<usize>account) << 2), 4) - start;
  const out = results(book) + ((<usize>account) << 4), stride = strideOf(book), scenarios = scenariosOf(book);
  if (count === 0) return flat(out);
  sumRows<f64>(rowsOf(book) + ((<usize>start) << 2), quantitiesOf(book) + ((<usize>start) << 3), count, exactMatrix(book), stride, scenarios, scratch);
  closePad<f64>(scratch, scenarios);
  tailOf<f64>(scratch, scenarios, tailRecord(book), scratch, stride, out, warmOf(book, account));
}

function flat(out: usize): void {
  store<f64>(out, 0.0);
  store<f64>(out, 0.0, 8);
}

/** VaR and ES of the f32 vector; each is within `singleError` of the exact one, which is added to neither. */
export function assessSingle(book: usize, errors: usize, lo: i32, hi: i32, scratch: usize): void {
  const stride = strideOf(book), scenarios = scenariosOf(book);
  for (let a = lo; a < hi; a++) {
    const start = load<i32>(starts(book) + ((<usize>a) << 2)), count = load<i32>(starts(book) + ((<usize>a) << 2), 4) - start;
    const rows = rowsOf(book) + ((<usize>start) << 2), quantities = quantitiesOf(book) + ((<usize>start) << 3);
    const out = results(book) + ((<usize>a) << 4);
    store<f64>(errors + ((<usize>a) << 3), count === 0 ? 0.0 : singleError(rows, quantities, count, norms(book)));
    if (count === 0) { flat(out); continue; }
    sumRows<f32>(rows, quantities, count, singleMatrix(book), stride, scenarios, scratch);
    closePad<f32>(scratch, scenarios);
    tailOf<f32>(scratch, scenarios, tailRecord(book), scratch, stride, out, warmOf(book, a));
  }
}

/**
 * VaR and ES of the exact f64 vector at the price of an f32 one: f32 sums only say which scenarios cannot be in the tail.
 * A scenario is left out when its f32 sum exceeds `limit`, so its exact sum exceeds limit − error; the list is complete
 * once the k-th smallest exact sum on it is not above limit − error. Gives how many accounts needed the plain way.
 */
export function assessScreened(book: usize, lo: i32, hi: i32, scratch: usize): i32 {
  let plainly = 0;
  for (let a = lo; a < hi; a++) {
    if (!screened(book, a, scratch)) { plain(book, a, scratch); plainly++; }
  }
  return plainly;
}

function screened(book: usize, account: i32, scratch: usize): bool {
  const start = load<i32>(starts(book) + ((<usize>account) << 2)), count = load<i32>(starts(book) + ((<usize>account) << 2), 4) - start;
  const out = results(book) + ((<usize>account) << 4);
  if (count === 0) { flat(out); return true; }
  const rows = rowsOf(book) + ((<usize>start) << 2), quantities = quantitiesOf(book) + ((<usize>start) << 3);
  const stride = strideOf(book), scenarios = scenariosOf(book), k = needed(tailRecord(book));
  const error = singleError(rows, quantities, count, norms(book));
  if (!(error < 1e30)) return false;
  sumRows<f32>(rows, quantities, count, singleMatrix(book), stride, scenarios, scratch);
  closePad<f32>(scratch, scenarios);
  const masks = masksAt(scratch, stride), warmAt = warmOf(book, account), warm = load<f64>(warmAt);
  if (warm === warm) {
    const limit = above<f32>(warm), listed = mark<f32>(scratch, scenarios, limit, masks);
    if (listed >= k && listed <= SLACK * k) {
      if (settle(book, rows, quantities, count, listed, error, scratch, out, warmAt) <= <f64>limit - error) return true;
    }
  }
  const cold = coldThreshold<f32>(scratch, scenarios, k, spareAt(scratch, stride));
  const limit = above<f32>(cold + 2.000001 * error), listed = mark<f32>(scratch, scenarios, limit, masks);
  if (listed > scenarios >> 1) return false;
  settle(book, rows, quantities, count, listed, error, scratch, out, warmAt);
  return true;
}

function settle(book: usize, rows: usize, quantities: usize, count: i32, listed: i32, error: f64, scratch: usize, out: usize, warm: usize): f64 {
  const stride = strideOf(book), indices = indicesAt(scratch, stride);
  collect(masksAt(scratch, stride), scenariosOf(book), indices);
  refine(rows, quantities, count, columnsOf(book), columnStride(book) << 3, indices, listed, valuesAt(scratch, stride));
  return finish(listed, tailRecord(book), 2 * error, scratch, stride, out, warm);
}

/**
 * Who can be left alone after a move of the market.
 *
 * ES(now) ≤ ES(then) + Σ |q|·ES(sign(q)·Δ), Δ = row now − row then, because ES is sub-additive and positively homogeneous. A row gives
 * two figures a move: `mid` and `half`, so that q·mid + |q|·half is what a position of q can add. The value of the account moves by
 * Σ q·mark exactly; that is netted into `mid`. `half` carries 1e-12 of itself and of the row for every rounding on the way, which
 * covers accounts of up to 2,000 positions.
 */
import { padded } from './lanes';
import { closePad, tailOf } from './tail';

// @ts-ignore: decorator
@inline const ROUNDING: f64 = 1e-12;

/** to = now − then; gives the largest size of any number seen, NaN where there is one, with a minus sign where nothing moved. */
function difference(now: usize, then: usize, scenarios: i32, to: usize): f64 {
  const bytes = (<usize>padded(scenarios)) << 3;
  let first = f64x2.splat(0), second = first, odd = first, moved = first;
  for (let at: usize = 0; at < bytes; at += 32) {
    const a = v128.load(now + at), b = v128.load(then + at), c = v128.load(now + at, 16), d = v128.load(then + at, 16);
    const x = f64x2.sub(a, b), y = f64x2.sub(c, d);
    first = f64x2.pmax(first, f64x2.pmax(f64x2.abs(a), f64x2.abs(b)));
    second = f64x2.pmax(second, f64x2.pmax(f64x2.abs(c), f64x2.abs(d)));
    odd = v128.or(odd, v128.or(f64x2.ne(x, x), f64x2.ne(y, y)));
    moved = v128.or(moved, v128.or(f64x2.ne(a, b), f64x2.ne(c, d)));
    v128.store(to + at, x);
    v128.store(to + at, y, 16);
  }
  if (v128.any_true(odd)) return NaN;
  const size = f64x2.pmax(first, second);
  const largest = max(f64x2.extract_lane(size, 0), f64x2.extract_lane(size, 1));
  return v128.any_true(moved) ? largest : -largest;
}

function negate(vector: usize, scenarios: i32): void {
  for (let at = vector, end = vector + ((<usize>padded(scenarios)) << 3); at < end; at += 32) {
    v128.store(at, f64x2.neg(v128.load(at)));
    v128.store(at, f64x2.neg(v128.load(at, 16)), 16);
  }
}

/**
 * Pairs (mid, half) of the rows `lo` ≤ i < `hi`. `marks` holds the change in value of one unit of each row; `results` VaR and ES of Δ,
 * then of −Δ; `warms` a threshold of each.
 */
export function moveRows(
  now: usize, then: usize, marks: usize, pairs: usize, results: usize, warms: usize, tail: usize, stride: i32, scenarios: i32, lo: i32, hi: i32, scratch: usize,
): void {
  const row = (<usize>stride) << 3;
  for (let i = lo; i < hi; i++) {
    const at = <usize>i * row, out = results + ((<usize>i) << 5), warm = warms + ((<usize>i) << 4);
    const signed = difference(now + at, then + at, scenarios, scratch), size = abs(signed);
    if (reinterpret<i64>(signed) < 0) {
      memory.fill(out, 0, 32);
    } else {
      closePad<f64>(scratch, scenarios);
      tailOf<f64>(scratch, scenarios, tail, scratch, stride, out, warm);
      negate(scratch, scenarios);
      closePad<f64>(scratch, scenarios);
      tailOf<f64>(scratch, scenarios, tail, scratch, stride, out + 16, warm + 8);
    }
    const long = load<f64>(out, 8), short = load<f64>(out, 24), mark = load<f64>(marks + ((<usize>i) << 3));
    store<f64>(pairs + ((<usize>i) << 4), 0.5 * (long - short) - mark);
    store<f64>(pairs + ((<usize>i) << 4), 0.5 * (long + short) + ROUNDING * (size + abs(mark) + abs(long) + abs(short)), 8);
  }
}

/**
 * Accounts `lo` ≤ a < `hi` whose reserve (equity − requirement when last assessed) may be used up by Σ q·mid + |q|·half: their indices
 * at `flagged[lo…]`, how many as the result. The others are proven safe. NaN anywhere flags.
 */
export function screenAccounts(
  starts: usize, rows: usize, quantities: usize, pairs: usize, reserves: usize, flagged: usize, lo: i32, hi: i32,
): i32 {
  let to = flagged + ((<usize>lo) << 2), count = 0;
  const size = i64x2(-1, 0x7fffffffffffffff);
  let p = load<i32>(starts + ((<usize>lo) << 2));
  for (let a = lo; a < hi; a++) {
    const end = load<i32>(starts + ((<usize>a) << 2), 4);
    let sum = f64x2.splat(0);
    for (; p < end; p++) {
      const q = v128.and(v128.load_splat<f64>(quantities + ((<usize>p) << 3)), size);
      sum = f64x2.add(sum, f64x2.mul(q, v128.load(pairs + ((<usize>load<u32>(rows + ((<usize>p) << 2))) << 4))));
    }
    const left = load<f64>(reserves + ((<usize>a) << 3)) - (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    store<i32>(to, a);
    const flag = i32(!(left >= 0));
    to += (<usize>flag) << 2;
    count += flag;
  }
  return count;
}

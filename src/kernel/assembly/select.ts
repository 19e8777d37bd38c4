/** Order statistics of short f64 arrays in scratch memory. Results do not depend on how they are found. */

/** The `k`-th smallest (1-based) of `count` numbers; reorders them. Hoare's selection, middle pivot. */
export function kthSmallest(values: usize, count: i32, k: i32): f64 {
  let lo = 0,
    hi = count - 1;
  const want = k - 1;
  while (lo < hi) {
    const pivot = load<f64>(values + ((<usize>((lo + hi) >> 1)) << 3));
    let i = lo,
      j = hi;
    while (i <= j) {
      while (load<f64>(values + ((<usize>i) << 3)) < pivot) i++;
      while (load<f64>(values + ((<usize>j) << 3)) > pivot) j--;
      if (i <= j) {
        const left = values + ((<usize>i) << 3),
          right = values + ((<usize>j) << 3),
          held = load<f64>(left);
        store<f64>(left, load<f64>(right));
        store<f64>(right, held);
        i++;
        j--;
      }
    }
    if (want <= j) hi = j;
    else if (want >= i) lo = i;
    else break;
  }
  return load<f64>(values + ((<usize>want) << 3));
}

/**
 * Rank (0-based, by value, then by position) of each of `count` numbers as i32 at `ranks`.
 * `values` must be followed by room for one more number and `ranks` for one more rank.
 */
export function rankAll(values: usize, count: i32, ranks: usize): void {
  store<f64>(values + ((<usize>count) << 3), f64.MAX_VALUE);
  const end = values + ((<usize>((count + 1) & ~1)) << 3);
  for (let at = values, to = ranks; at < end; at += 16, to += 8) {
    const own = v128.load(at);
    const a = v128.shuffle<f64>(own, own, 0, 0),
      b = v128.shuffle<f64>(own, own, 1, 1);
    let ra = i64x2.splat(0),
      rb = ra;
    for (let p = values; p < at; p += 16) {
      const v = v128.load(p);
      ra = i64x2.sub(ra, f64x2.le(v, a));
      rb = i64x2.sub(rb, f64x2.le(v, b));
    }
    ra = i64x2.sub(ra, f64x2.lt(own, a));
    rb = i64x2.sub(rb, f64x2.le(own, b));
    for (let p = at + 16; p < end; p += 16) {
      const v = v128.load(p);
      ra = i64x2.sub(ra, f64x2.lt(v, a));
      rb = i64x2.sub(rb, f64x2.lt(v, b));
    }
    store<i32>(to, <i32>(i64x2.extract_lane(ra, 0) + i64x2.extract_lane(ra, 1)));
    store<i32>(to, <i32>(i64x2.extract_lane(rb, 0) + i64x2.extract_lane(rb, 1)) - 1, 4);
  }
}

/** Sorts `count` numbers in rising order: heap sort, no extra room. */
export function sort(values: usize, count: i32): void {
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(values, i, count);
  for (let end = count - 1; end > 0; end--) {
    const last = values + ((<usize>end) << 3),
      held = load<f64>(last);
    store<f64>(last, load<f64>(values));
    store<f64>(values, held);
    sink(values, 0, end);
  }
}

function sink(values: usize, from: i32, count: i32): void {
  let at = from;
  const held = load<f64>(values + ((<usize>at) << 3));
  for (let child = 2 * at + 1; child < count; child = 2 * at + 1) {
    if (
      child + 1 < count &&
      load<f64>(values + ((<usize>(child + 1)) << 3)) > load<f64>(values + ((<usize>child) << 3))
    )
      child++;
    const larger = load<f64>(values + ((<usize>child) << 3));
    if (!(larger > held)) break;
    store<f64>(values + ((<usize>at) << 3), larger);
    at = child;
  }
  store<f64>(values + ((<usize>at) << 3), held);
}

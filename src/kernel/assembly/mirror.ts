/** The exact matrix in the shapes that the account kernels read: f32 rows, scenario-major columns, largest size of each row. */

/** Rows `lo` ≤ i < `hi` of `exact` into `single`, `columns` (rows side by side, `column` of them a scenario) and `norms`. */
export function mirrorRows(
  exact: usize,
  single: usize,
  columns: usize,
  norms: usize,
  stride: i32,
  column: i32,
  scenarios: i32,
  lo: i32,
  hi: i32,
): void {
  for (let i = lo; i < hi; i++) {
    const from = exact + <usize>i * ((<usize>stride) << 3),
      to = single + <usize>i * ((<usize>stride) << 2);
    let size = f64x2.splat(0);
    for (let s: usize = 0, n = <usize>stride; s < n; s += 4) {
      const a = v128.load(from + (s << 3)),
        b = v128.load(from + (s << 3), 16);
      size = f64x2.max(size, f64x2.max(f64x2.abs(a), f64x2.abs(b)));
      v128.store(
        to + (s << 2),
        v128.shuffle<i32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5),
      );
    }
    store<f64>(norms + ((<usize>i) << 3), max(f64x2.extract_lane(size, 0), f64x2.extract_lane(size, 1)));
  }
  const width = (<usize>column) << 3,
    row = (<usize>stride) << 3;
  let i = lo;
  for (; i + 8 <= hi; i += 8) {
    const from = exact + <usize>i * row,
      to = columns + ((<usize>i) << 3);
    for (let s: usize = 0; s < <usize>scenarios; s++) {
      const at = from + (s << 3),
        put = to + s * width;
      for (let j: usize = 0; j < 8; j += 2) {
        const pair = v128.load_lane<f64>(at + (j + 1) * row, v128.load_zero<f64>(at + j * row), 1);
        v128.store(put + (j << 3), pair);
      }
    }
  }
  for (; i < hi; i++) {
    const from = exact + <usize>i * row,
      to = columns + ((<usize>i) << 3);
    for (let s: usize = 0; s < <usize>scenarios; s++) store<f64>(to + s * width, load<f64>(from + (s << 3)));
  }
}

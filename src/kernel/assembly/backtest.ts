/** Rolling tail: each day's account over the window before it, against what the day then brought. */
import { sumRows } from './aggregate';
import { closePad, tailOf } from './tail';

/**
 * Days `lo` ≤ d < `hi`. Day d holds positions `starts[d]` … `starts[d+1]` and is assessed over the columns d … d + window − 1 of
 * `matrix` (rows of `stride` numbers, at least 16 more than days + window). `results`: VaR, ES a day; `warms`: a threshold a day;
 * `breaches`: 0 none, 1 realised beyond VaR, 2 beyond ES too.
 */
export function rollTail(
  starts: usize,
  rows: usize,
  quantities: usize,
  matrix: usize,
  realised: usize,
  tail: usize,
  results: usize,
  warms: usize,
  breaches: usize,
  stride: i32,
  window: i32,
  lo: i32,
  hi: i32,
  scratch: usize,
): void {
  for (let d = lo; d < hi; d++) {
    const start = load<i32>(starts + ((<usize>d) << 2)),
      count = load<i32>(starts + ((<usize>d) << 2), 4) - start;
    const out = results + ((<usize>d) << 4),
      warm = warms + ((<usize>d) << 3);
    if (count === 0) {
      store<f64>(out, 0.0);
      store<f64>(out, 0.0, 8);
      store<f64>(warm, NaN);
    } else {
      sumRows<f64>(
        rows + ((<usize>start) << 2),
        quantities + ((<usize>start) << 3),
        count,
        matrix + ((<usize>d) << 3),
        stride,
        window,
        scratch,
      );
      closePad<f64>(scratch, window);
      store<f64>(warm, d > lo ? load<f64>(warm - 8) : NaN);
      tailOf<f64>(scratch, window, tail, scratch, stride, out, warm);
    }
    const loss = -load<f64>(realised + ((<usize>d) << 3));
    const beyond = i32(loss > load<f64>(out)),
      far = i32(loss > load<f64>(out, 8));
    store<i32>(breaches + ((<usize>d) << 2), beyond + (beyond & far));
  }
}

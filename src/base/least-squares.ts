/** Where {@link leastSquares} stopped: the point, and half the sum of squared residuals there. */
export type LeastSquares = { readonly at: Float64Array; readonly cost: number; readonly iterations: number };

const DIFFERENCE_STEP = 1e-7;
const DAMPING_START = 1e-3;
const DAMPING_MAX = 1e12;
const REJECTIONS_MAX = 12;

/** Solves A·x = y for a small symmetric positive A (row-major, overwritten) by Cholesky; false where a pivot is not positive. */
function solveInPlace(a: Float64Array, y: Float64Array): boolean {
  const n = y.length;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i === j) {
        if (!(sum > 0)) return false;
        a[j * n + j] = Math.sqrt(sum);
      } else a[i * n + j] = sum / a[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = y[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * n + k]! * y[k]!;
    y[i] = sum / a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i]!;
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i]! * y[k]!;
    y[i] = sum / a[i * n + i]!;
  }
  return true;
}

function halfSquares(residuals: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += residuals[i]! * residuals[i]!;
  return 0.5 * sum;
}

/** The normal equations JᵀJ and −Jᵀr, with the Jacobian by forward differences. */
class Normal {
  readonly hessian: Float64Array;
  readonly descent: Float64Array;
  readonly #columns: Float64Array[];

  constructor(n: number, count: number) {
    this.hessian = new Float64Array(n * n);
    this.descent = new Float64Array(n);
    this.#columns = Array.from({ length: n }, () => new Float64Array(count));
  }

  update(f: (x: Float64Array, out: Float64Array) => void, x: Float64Array, r: Float64Array): void {
    const n = x.length;
    for (let j = 0; j < n; j++) {
      const column = this.#columns[j]!;
      const kept = x[j]!;
      const step = DIFFERENCE_STEP * (1 + Math.abs(kept));
      x[j] = kept + step;
      f(x, column);
      x[j] = kept;
      for (let i = 0; i < r.length; i++) column[i] = (column[i]! - r[i]!) / step;
    }
    for (let j = 0; j < n; j++) {
      const a = this.#columns[j]!;
      let slope = 0;
      for (let i = 0; i < r.length; i++) slope -= a[i]! * r[i]!;
      this.descent[j] = slope;
      for (let k = j; k < n; k++) {
        const b = this.#columns[k]!;
        let sum = 0;
        for (let i = 0; i < r.length; i++) sum += a[i]! * b[i]!;
        this.hessian[j * n + k] = sum;
        this.hessian[k * n + j] = sum;
      }
    }
  }
}

/**
 * Minimises ½·Σ rᵢ(x)² from `start` (Levenberg 1944, Marquardt 1963), for a handful of unknowns. `residuals` writes `count` finite
 * numbers; a point where one is not finite is rejected like a worse one. Stops at a relative gain below `gainMin`. Deterministic.
 */
export function leastSquares(
  residuals: (x: Float64Array, out: Float64Array) => void,
  start: Float64Array,
  options: { readonly count: number; readonly iterationsMax: number; readonly gainMin: number },
): LeastSquares {
  const n = start.length;
  let at = Float64Array.from(start);
  let r = new Float64Array(options.count);
  let rTried = new Float64Array(options.count);
  residuals(at, r);
  let cost = halfSquares(r);
  let damping = DAMPING_START;
  const normal = new Normal(n, options.count);
  const matrix = new Float64Array(n * n);
  let iterations = 0;
  while (iterations < options.iterationsMax) {
    iterations++;
    normal.update(residuals, at, r);
    let gain = -1;
    for (let rejected = 0; rejected < REJECTIONS_MAX && damping < DAMPING_MAX; rejected++) {
      matrix.set(normal.hessian);
      for (let j = 0; j < n; j++) matrix[j * n + j]! += damping * (normal.hessian[j * n + j]! + 1e-12);
      const tried = Float64Array.from(normal.descent);
      if (solveInPlace(matrix, tried)) {
        for (let j = 0; j < n; j++) tried[j]! += at[j]!;
        residuals(tried, rTried);
        const costTried = halfSquares(rTried);
        if (costTried < cost) {
          gain = (cost - costTried) / cost;
          at = tried;
          [r, rTried] = [rTried, r];
          cost = costTried;
          damping = Math.max(1e-12, 0.2 * damping);
          break;
        }
      }
      damping *= 6;
    }
    if (gain < options.gainMin) break;
  }
  return { at, cost, iterations };
}

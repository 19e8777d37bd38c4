import { assert } from './assert.ts';
import { type Failure, isFailure, refuse } from './failure.ts';

/**
 * Small dense matrices: flat row-major `Float64Array`s with the dimensions beside them. Sums run in index order, so that results are
 * the same bits everywhere. Symmetric input is the caller's promise; only the lower triangle is read where it says so.
 */
const SWEEPS_MAX = 60;
const TWO_POW_MINUS_60 = 8.673617379884035e-19;
const PROJECTIONS_MAX = 10_000;
/** Nearest correlation: largest change of an entry in the last step. */
const PROJECTION_TOLERANCE = 1e-12;

/** Eigenvalues, largest first, and the eigenvectors in the columns of `vectors` in the same order. */
export type Eigen = { readonly values: Float64Array; readonly vectors: Float64Array };

/** a (rows × inner) times b (inner × columns). */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  { rows, inner, columns }: { rows: number; inner: number; columns: number },
): Float64Array {
  assert(a.length === rows * inner && b.length === inner * columns, 'matrix dimensions agree');
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0; j < columns; j++) product[i * columns + j]! += factor * b[k * columns + j]!;
    }
  }
  return product;
}

/** The lower triangular L with L·Lᵀ = a; reads the lower triangle. MATRIX_NOT_POSITIVE when a pivot is not positive. */
export function cholesky(a: Float64Array, n: number): Float64Array | Failure {
  assert(a.length === n * n, 'a square matrix');
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (j < i) {
        l[i * n + j] = sum / l[j * n + j]!;
      } else if (sum > 0 && sum < Infinity) {
        l[i * n + i] = Math.sqrt(sum);
      } else {
        return refuse('MATRIX_NOT_POSITIVE', {
          field: `pivot ${i}`,
          value: sum,
          expected: 'a positive pivot',
        });
      }
    }
  }
  return l;
}

/** The x with a·x = b for a symmetric positive definite a; MATRIX_NOT_POSITIVE otherwise. */
export function solvePositive(a: Float64Array, b: Float64Array): Float64Array | Failure {
  const n = b.length;
  const l = cholesky(a, n);
  if (isFailure(l)) return l;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}

/** Rotates columns p and q of an n × n matrix by the angle with cosine c and sine s. */
function rotateColumns(
  m: Float64Array,
  n: number,
  { p, q, c, s }: { p: number; q: number; c: number; s: number },
): void {
  for (let k = 0; k < n; k++) {
    const x = m[k * n + p]!;
    const y = m[k * n + q]!;
    m[k * n + p] = c * x - s * y;
    m[k * n + q] = s * x + c * y;
  }
}

/** One Jacobi rotation that makes entry (p, q) of `work` zero, gathered into `vectors`. */
function rotate(
  work: Float64Array,
  vectors: Float64Array,
  { n, p, q }: { n: number; p: number; q: number },
): void {
  const off = work[p * n + q]!;
  const theta = (work[q * n + q]! - work[p * n + p]!) / (2 * off);
  const sign = theta < 0 ? -1 : 1;
  const tangent =
    Math.abs(theta) > 1e150 ? 0.5 / theta : sign / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(tangent * tangent + 1);
  const s = tangent * c;
  rotateColumns(work, n, { p, q, c, s });
  for (let k = 0; k < n; k++) {
    const x = work[p * n + k]!;
    const y = work[q * n + k]!;
    work[p * n + k] = c * x - s * y;
    work[q * n + k] = s * x + c * y;
  }
  work[p * n + q] = 0;
  work[q * n + p] = 0;
  rotateColumns(vectors, n, { p, q, c, s });
}

/** Square root of the sum of squares of all entries. */
function frobenius(a: Float64Array): number {
  let sum = 0;
  for (const x of a) sum += x * x;
  return Math.sqrt(sum);
}

function identity(n: number): Float64Array {
  const unit = new Float64Array(n * n);
  for (let i = 0; i < n; i++) unit[i * n + i] = 1;
  return unit;
}

function sortedEigen(work: Float64Array, vectors: Float64Array, n: number): Eigen {
  const order = Array.from({ length: n }, (_, i) => i);
  order.sort((i, j) => work[j * n + j]! - work[i * n + i]! || i - j);
  const sorted: Eigen = { values: new Float64Array(n), vectors: new Float64Array(n * n) };
  order.forEach((from, to) => {
    sorted.values[to] = work[from * n + from]!;
    for (let k = 0; k < n; k++) sorted.vectors[k * n + to] = vectors[k * n + from]!;
  });
  return sorted;
}

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix by cyclic Jacobi rotations, until every entry off the diagonal is below
 * 2^-60 of the matrix's norm. NUMBER_NOT_FINITE for entries that are not, or whose squares are not; NOT_CONVERGED never seen.
 */
export function symmetricEigen(a: Float64Array, n: number): Eigen | Failure {
  assert(a.length === n * n, 'a square matrix');
  const norm = frobenius(a);
  if (!(norm < Infinity))
    return refuse('NUMBER_NOT_FINITE', { field: 'matrix', value: norm, expected: 'finite entries' });
  const work = Float64Array.from(a);
  const vectors = identity(n);
  const threshold = norm * TWO_POW_MINUS_60;
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let rotations = 0;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(work[p * n + q]!) <= threshold) continue;
        rotate(work, vectors, { n, p, q });
        rotations += 1;
      }
    }
    if (rotations === 0) return sortedEigen(work, vectors, n);
  }
  return refuse('NOT_CONVERGED', {
    field: 'matrix',
    value: `${n} × ${n}`,
    expected: `${SWEEPS_MAX} sweeps to suffice`,
  });
}

/** Nearest symmetric matrix with eigenvalues of at least `floor`: V·max(Λ, floor)·Vᵀ, symmetric to the bit. */
function withEigenvaluesFrom({ values, vectors }: Eigen, floor: number): Float64Array {
  const n = values.length;
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++)
        sum += vectors[i * n + k]! * Math.max(values[k]!, floor) * vectors[j * n + k]!;
      result[i * n + j] = sum;
      result[j * n + i] = sum;
    }
  }
  return result;
}

/**
 * The correlation matrix nearest to a symmetric matrix in the Frobenius norm, with eigenvalues of at least `floor` (0 for the plain
 * problem, small and positive where a Cholesky factor is wanted): alternating projections with Dykstra's correction (N. Higham,
 * "Computing the nearest correlation matrix", IMA J. Numer. Anal. 22, 2002). The diagonal of the result is exactly 1.
 * NOT_CONVERGED when entries still move by more than 1e-12 after 10 000 steps.
 */
export function nearestCorrelation(
  a: Float64Array,
  { n, floor }: { n: number; floor: number },
): Float64Array | Failure {
  assert(floor >= 0 && floor < 1, 'the eigenvalue floor of a correlation matrix lies in [0, 1)');
  const unitDiagonal = Float64Array.from(a);
  const correction = new Float64Array(n * n);
  for (let step = 0; step < PROJECTIONS_MAX; step++) {
    const corrected = unitDiagonal.map((y, i) => y - correction[i]!);
    const eigen = symmetricEigen(corrected, n);
    if (isFailure(eigen)) return eigen;
    const positive = withEigenvaluesFrom(eigen, floor);
    for (let i = 0; i < n * n; i++) correction[i] = positive[i]! - corrected[i]!;
    let change = 0;
    for (let i = 0; i < n * n; i++) {
      const projected = i % (n + 1) === 0 ? 1 : positive[i]!;
      change = Math.max(change, Math.abs(projected - unitDiagonal[i]!), Math.abs(projected - positive[i]!));
      unitDiagonal[i] = projected;
    }
    if (change <= PROJECTION_TOLERANCE) return unitDiagonal;
  }
  return refuse('NOT_CONVERGED', {
    field: 'matrix',
    value: `${n} × ${n}`,
    expected: 'a nearest correlation matrix',
  });
}

/** (1 − weight)·a + weight·target, entry by entry, for 0 ≤ weight ≤ 1: a sample matrix shrunk to a structured target. */
export function shrink(a: Float64Array, target: Float64Array, weight: number): Float64Array {
  assert(
    a.length === target.length && weight >= 0 && weight <= 1,
    'matrices of one size and a weight in [0, 1]',
  );
  return a.map((x, i) => (1 - weight) * x + weight * target[i]!);
}

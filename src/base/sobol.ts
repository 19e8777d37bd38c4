import { assert } from './assert.ts';

/**
 * Sobol's low-discrepancy sequence (BITS-006) with the direction numbers of S. Joe and F. Kuo ("Constructing Sobol sequences with better
 * two-dimensional projections", SIAM J. Sci. Comput. 30, 2008; set new-joe-kuo-6), in the Gray-code order of Antonov and Saleev.
 */
const BITS = 32;
const TWO_POW_32 = 4294967296;

/**
 * One row for each dimension after the first: the inner coefficients of its primitive polynomial over GF(2), read as a binary number,
 * then the initial odd numbers m₁, m₂, … (as many as the degree of the polynomial).
 */
const INITIAL_NUMBERS: readonly (readonly number[])[] = [
  [0, 1],
  [1, 1, 3],
  [1, 1, 3, 1],
  [2, 1, 1, 1],
  [1, 1, 1, 3, 3],
  [4, 1, 3, 5, 13],
  [2, 1, 1, 5, 5, 17],
  [4, 1, 1, 5, 5, 5],
  [7, 1, 1, 7, 11, 19],
  [11, 1, 1, 5, 1, 1],
  [13, 1, 1, 1, 3, 11],
  [14, 1, 3, 5, 5, 31],
  [1, 1, 3, 3, 9, 7, 49],
  [13, 1, 1, 1, 15, 21, 21],
  [16, 1, 3, 1, 13, 27, 49],
  [19, 1, 1, 1, 15, 7, 5],
  [22, 1, 3, 1, 15, 13, 25],
  [25, 1, 1, 5, 5, 19, 61],
  [1, 1, 3, 7, 11, 23, 15, 103],
  [4, 1, 3, 7, 13, 13, 15, 69],
  [7, 1, 1, 3, 13, 7, 35, 63],
  [8, 1, 3, 5, 9, 1, 25, 53],
  [14, 1, 3, 1, 13, 9, 35, 107],
  [19, 1, 3, 1, 5, 27, 61, 31],
  [21, 1, 1, 5, 11, 19, 41, 61],
  [28, 1, 3, 5, 3, 3, 13, 69],
  [31, 1, 1, 7, 13, 1, 19, 1],
  [32, 1, 3, 7, 5, 13, 19, 59],
  [37, 1, 1, 3, 9, 25, 29, 41],
  [41, 1, 3, 5, 13, 23, 1, 55],
  [42, 1, 3, 7, 3, 13, 59, 17],
  [50, 1, 3, 1, 3, 5, 53, 69],
  [55, 1, 1, 5, 5, 23, 33, 13],
  [56, 1, 1, 7, 7, 1, 61, 123],
  [59, 1, 1, 7, 9, 13, 61, 49],
  [62, 1, 3, 3, 5, 3, 55, 33],
  [14, 1, 3, 1, 15, 31, 13, 49, 245],
  [21, 1, 3, 5, 15, 31, 59, 63, 97],
  [22, 1, 3, 1, 11, 11, 11, 77, 249],
  [38, 1, 3, 1, 11, 27, 43, 71, 9],
  [47, 1, 1, 7, 15, 21, 11, 81, 45],
  [49, 1, 3, 7, 3, 25, 31, 65, 79],
  [50, 1, 3, 1, 1, 19, 11, 3, 205],
  [52, 1, 1, 5, 9, 19, 21, 29, 157],
  [56, 1, 3, 7, 11, 1, 33, 89, 185],
  [67, 1, 3, 3, 3, 15, 9, 79, 71],
  [70, 1, 3, 7, 11, 15, 39, 119, 27],
  [84, 1, 1, 3, 1, 11, 31, 97, 225],
  [97, 1, 1, 1, 3, 23, 43, 57, 177],
  [103, 1, 3, 7, 7, 17, 17, 37, 71],
  [115, 1, 3, 1, 5, 27, 63, 123, 213],
  [122, 1, 1, 3, 5, 11, 43, 53, 133],
  [8, 1, 3, 5, 5, 29, 17, 47, 173, 479],
  [13, 1, 3, 3, 11, 3, 1, 109, 9, 69],
  [16, 1, 1, 1, 5, 17, 39, 23, 5, 343],
  [22, 1, 3, 1, 5, 25, 15, 31, 103, 499],
  [25, 1, 1, 1, 11, 11, 17, 63, 105, 183],
  [44, 1, 1, 5, 11, 9, 29, 97, 231, 363],
  [47, 1, 1, 5, 15, 19, 45, 41, 7, 383],
  [52, 1, 3, 7, 7, 31, 19, 83, 137, 221],
  [55, 1, 1, 1, 3, 23, 15, 111, 223, 83],
  [59, 1, 1, 5, 13, 31, 15, 55, 25, 161],
  [62, 1, 1, 3, 13, 25, 47, 39, 87, 257],
];

/** Largest number of dimensions. */
export const SOBOL_DIMENSIONS_MAX: number = INITIAL_NUMBERS.length + 1;

/** The direction numbers v₁ … v₃₂ of one dimension (0 is van der Corput's) as 32-bit fractions. */
function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let i = 0; i < BITS; i++) v[i] = (1 << (31 - i)) >>> 0;
    return v;
  }
  const row = INITIAL_NUMBERS[dimension - 1]!;
  const coefficients = row[0]!;
  const degree = row.length - 1;
  for (let i = 0; i < degree; i++) v[i] = (row[i + 1]! << (31 - i)) >>> 0;
  for (let i = degree; i < BITS; i++) {
    let value = v[i - degree]! ^ (v[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) {
      if (((coefficients >>> (degree - 1 - k)) & 1) === 1) value ^= v[i - k]!;
    }
    v[i] = value >>> 0;
  }
  return v;
}

/**
 * Points `start` to `start + count − 1` of the sequence, row by row, each coordinate in [0, 1). Point 0 is the origin, where a normal
 * quantile is −∞: start at 1 to leave it out. Any part can be computed by itself; start + count ≤ 2^32.
 */
export function sobolPoints({
  dimensions,
  start,
  count,
}: {
  dimensions: number;
  start: number;
  count: number;
}): Float64Array {
  assert(
    dimensions >= 1 && dimensions <= SOBOL_DIMENSIONS_MAX,
    `Sobol points have 1 to ${SOBOL_DIMENSIONS_MAX} dimensions`,
  );
  assert(
    start >= 0 && count >= 0 && start + count <= TWO_POW_32,
    'Sobol points are numbered from 0 to 2^32 − 1',
  );
  const points = new Float64Array(count * dimensions);
  for (let d = 0; d < dimensions; d++) {
    const v = directionNumbers(d);
    let bits = 0;
    const gray = (start ^ (start >>> 1)) >>> 0;
    for (let i = 0; i < BITS; i++) if (((gray >>> i) & 1) === 1) bits ^= v[i]!;
    for (let row = 0; row < count; row++) {
      points[row * dimensions + d] = (bits >>> 0) / TWO_POW_32;
      const next = start + row + 1;
      if (next < TWO_POW_32) bits ^= v[31 - Math.clz32(next & -next)]!;
    }
  }
  return points;
}

/**
 * Elementary functions whose every bit is the same on every machine: only + − × ÷ on f64 and exact operations on exponent bits.
 *
 * Method: argument reduction to a small interval, a polynomial fitted there by the Remez exchange at 60 digits (error below 2^-60),
 * and compensated final sums. Worst error seen against 50-digit values: under 1 ulp, `tanh` under 2 ulp. Sine, cosine and
 * arctangent are in `trigonometry.ts`. NaN in gives NaN out, always;
 * elsewhere the special values are those of IEEE 754 as the language's own `Math` states them.
 */
const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
/** Index of the 32-bit word with sign and exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

/** ln 2 in two parts; the first has 32 bits, so that its product with any exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TWO_THIRDS_LOW = 3.700743415417188e-17;
const TWO_POW_54 = 18014398509481984;
const TWO_POW_MINUS_54 = 1 / TWO_POW_54;
/** Multiplying by it splits an f64 into two halves of 26 bits (Dekker 1971). */
const SPLITTER = 134217729;

/** 2^k for −1022 ≤ k ≤ 1023, exact. */
function powerOfTwo(k: number): number {
  words[LOW] = 0;
  words[HIGH] = (k + 1023) << 20;
  return float[0]!;
}

/** x · 2^k for x between 1/2 and 2, rounded once. */
function scale(x: number, k: number): number {
  if (k > 1023) return x * 2 * powerOfTwo(k - 1);
  if (k < -1021) return x * powerOfTwo(k + 54) * TWO_POW_MINUS_54;
  return x * powerOfTwo(k);
}

/** a·b − product, exactly, where `product` is the rounded a·b; both factors below 2^995 in magnitude (Dekker 1971). */
export function productError(a: number, b: number, product: number): number {
  const bigA = a * SPLITTER;
  const highA = bigA - (bigA - a);
  const lowA = a - highA;
  const bigB = b * SPLITTER;
  const highB = bigB - (bigB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** (e^r − 1 − r) / r² for |r| ≤ 0.347. */
function expRemainder(r: number): number {
  const z = r * r;
  const even =
    0.5 +
    z *
      (0.04166666666666673 +
        z *
          (0.00138888888888583 +
            z * (2.4801587373971823e-5 + z * (2.755723318310529e-7 + z * 2.092699454867239e-9))));
  const odd =
    0.16666666666666685 +
    z *
      (0.008333333333316656 +
        z * (0.00019841269897283854 + z * (2.755723399631147e-6 + z * 2.511232801866649e-8)));
  return even + r * odd;
}

/** e^(high + low), where `low` is a small correction of `high` (|low| ≤ 2^-40·|high|): the exponential of an unrounded argument. */
export function expOfSum(high: number, low: number): number {
  if (!(high <= 710)) return high > 710 ? Infinity : NaN;
  if (high < -746) return 0;
  const k = Math.floor(high * Math.LOG2E + 0.5);
  const near = high - k * LN2_HIGH;
  const rest = low - k * LN2_LOW;
  const r = near + rest;
  const lost = near - r + rest;
  const sum = 1 + r;
  const sumLost = 1 - sum + r;
  return scale(sum + (sumLost + (r * r * expRemainder(r) + lost * sum)), k);
}

/** e^x. */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** e^x − 1, accurate near zero. */
export function expm1(x: number): number {
  if (!(x <= 710)) return x > 710 ? Infinity : NaN;
  if (x < -40) return -1;
  if (Math.abs(x) < TWO_POW_MINUS_54) return x;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const near = x - k * LN2_HIGH;
  const rest = -k * LN2_LOW;
  const r = near + rest;
  const lost = near - r + rest;
  const remainder = r * r * expRemainder(r);
  if (k === 0) return r + remainder;
  const one = k > 1023 ? 0 : powerOfTwo(-k);
  const start = k > 53 ? 1 : 1 - one;
  const sum = start + r;
  const part = sum - start;
  const sumLost = start - (sum - part) + (r - part) - (k > 53 ? one : 0);
  const mantissa = sum + (sumLost + (remainder + lost * (1 + r)));
  return k > 1023 ? mantissa * 2 * powerOfTwo(k - 1) : mantissa * powerOfTwo(k);
}

/** Exponent k and mantissa m of the last {@link decompose}: x = m · 2^k, √½ ≤ m < √2. */
let exponent = 0;

/** The mantissa of a positive finite x, between √½ and √2; leaves the power of two in `exponent`. */
function decompose(x: number): number {
  const subnormal = x < 2.2250738585072014e-308;
  float[0] = subnormal ? x * TWO_POW_54 : x;
  const high = words[HIGH]!;
  const fraction = high & 0xfffff;
  const above = fraction > 0x6a09e ? 1 : 0;
  exponent = (high >> 20) - 1023 + above - (subnormal ? 54 : 0);
  words[HIGH] = fraction | ((1023 - above) << 20);
  return float[0]!;
}

/** ln(1 + f) + k·ln 2 + correction, for 1 + f between √½ and √2. With s = f/(2+f): ln(1+f) = 2s + s·R(s²) and 2s = f − s·f. */
function logOfFraction(f: number, k: number, correction: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even =
    0.6666666666666666 + w * (0.2857142856916266 + w * (0.18181776304486935 + w * 0.13250597798208696));
  const odd =
    0.40000000000005936 + w * (0.22222222637344977 + w * (0.1538706659181021 + w * 0.13247436898041093));
  const tail = z * (even + z * odd);
  const halfSquare = 0.5 * f * f;
  const low = s * (halfSquare + tail);
  if (k === 0) return f - (halfSquare - (low + correction));
  return k * LN2_HIGH - (halfSquare - (low + (k * LN2_LOW + correction)) - f);
}

/** Natural logarithm; −Infinity at ±0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const m = decompose(x);
  return logOfFraction(m - 1, exponent, 0);
}

/** ln(1 + x), accurate near zero; −Infinity at −1, NaN below. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity || Math.abs(x) < TWO_POW_MINUS_54) return x;
  if (x > -0.29 && x < 0.41) return logOfFraction(x, 0, 0);
  const u = 1 + x;
  const lost = (x > 1 ? 1 - (u - x) : x - (u - 1)) / u;
  const m = decompose(u);
  return logOfFraction(m - 1, exponent, lost);
}

/** What {@link logHigh} left unrounded: ln x = high + `logLow` to about 2^-65 relatively. */
let logLow = 0;

/** Natural logarithm of a positive finite x to twice the precision: returns the high part, leaves the low part in `logLow`. */
function logHigh(x: number): number {
  const f = decompose(x) - 1;
  const k = exponent;
  const t = 2 + f;
  const s = f / t;
  const st = s * t;
  const sLow = (f - st - productError(s, t, st) - s * (2 - t + f)) / t;
  const z = s * s;
  const zLow = productError(s, s, z) + 2 * s * sLow;
  const cube = s * z;
  const cubeLow = productError(s, z, cube) + s * zLow + sLow * z;
  const second = cube * (2 / 3);
  const secondLow = productError(cube, 2 / 3, second) + cubeLow * (2 / 3) + cube * TWO_THIRDS_LOW;
  const w = z * z;
  const even =
    0.4 +
    w *
      (0.2222222222227391 + w * (0.15384616572933524 + w * (0.11768419703956469 + w * 0.10985757946650401)));
  const odd = 0.2857142857142844 + w * (0.18181818171513411 + w * (0.133332491828271 + w * 0.10426969115064));
  const rest = cube * z * (even + z * odd);
  const sum = 2 * s + second;
  const sumLow = 2 * s - sum + second + (2 * sLow + secondLow + rest);
  const shift = k * LN2_HIGH;
  const high = shift + sum;
  const low = (k === 0 ? sum - high : shift - high + sum) + (sumLow + k * LN2_LOW);
  const total = high + low;
  logLow = high - total + low;
  return total;
}

/** |x|^y for finite x ≠ 0, ±1 and finite y ≠ 0. */
function powOfMagnitude(magnitude: number, y: number): number {
  const high = logHigh(magnitude);
  const low = logLow;
  const product = y * high;
  if (product > 710) return Infinity;
  if (product < -746) return 0;
  if (Math.abs(product) < TWO_POW_MINUS_54) return 1;
  return expOfSum(product, productError(y, high, product) + y * low);
}

/** x^y with the special values of the language's `**`, except that NaN^0 is NaN; NaN for x < 0 and a fractional y. */
export function pow(x: number, y: number): number {
  if (x !== x || y !== y) return NaN;
  if (y === 0) return 1;
  const magnitude = Math.abs(x);
  if (Math.abs(y) === Infinity) {
    if (magnitude === 1) return NaN;
    return magnitude > 1 === y > 0 ? Infinity : 0;
  }
  const negative = x < 0 || Object.is(x, -0);
  const odd = negative && Math.abs(y) <= 9007199254740992 && Math.abs(y % 2) === 1;
  if (magnitude === 0 || magnitude === Infinity) {
    const result = (magnitude === 0) === y > 0 ? 0 : Infinity;
    return odd ? -result : result;
  }
  if (negative && y !== Math.trunc(y)) return NaN;
  const result = magnitude === 1 ? 1 : powOfMagnitude(magnitude, y);
  return odd ? -result : result;
}

/** Hyperbolic tangent. */
export function tanh(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 22) return x > 0 ? 1 : -1;
  if (magnitude < TWO_POW_MINUS_54) return x;
  const t = expm1(2 * magnitude);
  const result = t / (t + 2);
  return x < 0 ? -result : result;
}

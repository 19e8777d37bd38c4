/**
 * Sine, cosine and arctangent, bit-deterministic like everything in `elementary.ts`. Polynomials fitted by the Remez exchange at 60 digits.
 * The argument is an angle in radians of any size: large ones are reduced exactly with integers, not approximately.
 */

/** π/2 in four parts; the first three have 33 bits, so that their products with a 20-bit integer are exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487111665e-21;
const HALF_PI_4 = 8.4784276603689e-32;
/** The f64 nearest to π/2, and what it lacks. */
const HALF_PI = 1.5707963267948966;
const HALF_PI_LOW = 6.123233995736766e-17;

/** What {@link reduced} found beside its result: the low part of the angle, and the quadrant 0–3. */
let angleLow = 0;
let quadrant = 0;

/** The angle less the nearest multiple of π/2; leaves `angleLow` and `quadrant`. `x` is finite and not negative. */
function reduced(x: number): number {
  if (x <= 0.7853981633974483) {
    angleLow = 0;
    quadrant = 0;
    return x;
  }
  return x < 800_000 ? reducedByParts(x) : reducedByIntegers(x);
}

function reducedByParts(x: number): number {
  const n = Math.floor(x * (2 / Math.PI) + 0.5);
  const a = x - n * HALF_PI_1;
  const p2 = -n * HALF_PI_2;
  const b = a + p2;
  const bPart = b - a;
  const bLost = a - (b - bPart) + (p2 - bPart);
  const p3 = -n * HALF_PI_3;
  const c = b + p3;
  const cPart = c - b;
  const cLost = b - (c - cPart) + (p3 - cPart);
  const low = bLost + (cLost - n * HALF_PI_4);
  const angle = c + low;
  angleLow = c - angle + low;
  quadrant = n & 3;
  return angle;
}

/** Binary places of {@link halfPi}: 1024 for the largest exponent, and 236 that remain after the subtraction. */
const PLACES = 1260n;
const TWO_POW_53 = 9007199254740992;
const TWO_POW_MINUS_180 = 6.525304467998525e-55;
let halfPiScaled = 0n;

/** π/2 · 2^PLACES, by Machin's formula π/4 = 4·atan(1/5) − atan(1/239), once. */
function halfPi(): bigint {
  if (halfPiScaled !== 0n) return halfPiScaled;
  const inverseAtan = (n: bigint): bigint => {
    let term = (1n << (PLACES + 32n)) / n;
    let sum = term;
    for (let k = 3n; term !== 0n; k += 2n) {
      term = -term / (n * n);
      sum += term / k;
    }
    return sum;
  };
  halfPiScaled = (8n * inverseAtan(5n) - 2n * inverseAtan(239n)) >> 32n;
  return halfPiScaled;
}

function reducedByIntegers(x: number): number {
  const whole = Math.floor(x);
  const scaled = (BigInt(whole) << PLACES) + (BigInt((x - whole) * TWO_POW_53) << (PLACES - 53n));
  const period = halfPi();
  const n = (2n * scaled + period) / (2n * period);
  const rest = (scaled - n * period) >> (PLACES - 180n);
  const high = Number(rest);
  angleLow = Number(rest - BigInt(high)) * TWO_POW_MINUS_180;
  quadrant = Number(n & 3n);
  return high * TWO_POW_MINUS_180;
}

/** Sine of x + low for |x| ≤ π/4. */
function sinNear(x: number, low: number): number {
  const z = x * x;
  const tail =
    0.008333333333333325 +
    z *
      (-0.000198412698412568 +
        z *
          (2.7557319214956225e-6 +
            z * (-2.505210508643697e-8 + z * (1.6058386565870156e-10 + z * -7.579596435170676e-13))));
  const cube = x * z;
  return x + (cube * (-0.16666666666666666 + z * tail) + low * (1 - 0.5 * z));
}

/** Cosine of x + low for |x| ≤ π/4. */
function cosNear(x: number, low: number): number {
  const z = x * x;
  const tail =
    0.0416666666666666 +
    z *
      (-0.0013888888888874125 +
        z *
          (2.4801587289482967e-5 +
            z * (-2.7557314352532866e-7 + z * (2.087572329787829e-9 + z * -1.1359648978984292e-11))));
  const half = 0.5 * z;
  const start = 1 - half;
  return start + (1 - start - half + (z * z * tail - x * low));
}

/** Sine of an angle in radians; NaN at ±Infinity. */
export function sin(x: number): number {
  if (!(Math.abs(x) < Infinity)) return NaN;
  if (x === 0) return x;
  const angle = reduced(Math.abs(x));
  const value = (quadrant & 1) === 0 ? sinNear(angle, angleLow) : cosNear(angle, angleLow);
  return quadrant >= 2 !== x < 0 ? -value : value;
}

/** Cosine of an angle in radians; NaN at ±Infinity. */
export function cos(x: number): number {
  if (!(Math.abs(x) < Infinity)) return NaN;
  const angle = reduced(Math.abs(x));
  const value = (quadrant & 1) === 0 ? cosNear(angle, angleLow) : sinNear(angle, angleLow);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}

/** high + low + arctan(t) for |t| ≤ 7/16. */
function atanNear(t: number, high: number, low: number): number {
  const z = t * t;
  const w = z * z;
  const odd =
    -0.33333333333333315 +
    w *
      (-0.1428571428487241 +
        w *
          (-0.09090907039601193 +
            w * (-0.06665888305016006 + w * (-0.051990794078243176 + w * -0.031823735010094716))));
  const even =
    0.19999999999993623 +
    w *
      (0.11111111056559542 +
        w *
          (0.0769225876896701 +
            w * (0.058738648018923326 + w * (0.044288928843919315 + w * 0.013602889095344768))));
  const tail = t * z * (odd + z * even) + low;
  const sum = high + t;
  return sum + (high - sum + t + tail);
}

/** Arctangent in radians, between −π/2 and π/2; reduced by atan x = atan c + atan((x − c)/(1 + c·x)) with c = ½, 1, 1½, ∞. */
export function atan(x: number): number {
  const a = Math.abs(x);
  if (!(a > 0.4375)) return a < 1e-9 || a !== a ? x : atanNear(x, 0, 0);
  let result: number;
  if (a < 0.6875) result = atanNear((2 * a - 1) / (2 + a), 0.4636476090008061, 2.2698777452961687e-17);
  else if (a < 1.1875) result = atanNear((a - 1) / (a + 1), 0.7853981633974483, 3.061616997868383e-17);
  else if (a < 2.4375)
    result = atanNear((a - 1.5) / (1 + 1.5 * a), 0.982793723247329, 1.3903311031230998e-17);
  else result = atanNear(-1 / a, HALF_PI, HALF_PI_LOW);
  return x < 0 ? -result : result;
}

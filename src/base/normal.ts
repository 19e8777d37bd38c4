import { expOfSum, log, log1p, productError } from './elementary.ts';

/**
 * The normal distribution and the error function, accurate relatively in both tails (a few units in the last place).
 * Tails go through the scaled function e^{x²}·erfc(x), fitted piecewise by the Remez exchange at 60 digits, times the exponential of
 * the unrounded square. NaN in gives NaN out.
 */
const SQRT_HALF = 0.7071067811865476;
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/** erf(x) / x for |x| ≤ 1/2, in z = x². */
function erfRatio(z: number): number {
  const w = z * z;
  const even =
    1.1283791670955126 +
    w *
      (0.11283791670925357 +
        w * (0.005223977372833421 + w * (0.00012053333536225506 + w * 1.4725270627931153e-6)));
  const odd =
    -0.37612638903183476 +
    w * (-0.02686617063288251 + w * (-0.0008548297728851953 + w * -1.4845799966793096e-5));
  return even + z * odd;
}

/** (1 + 2x)·e^{x²}·erfc(x) for ½ ≤ x ≤ 2, in t = (x − 1)/(x + 1). */
function scaledNear(t: number): number {
  const w = t * t;
  const even =
    -0.2621751658884504 +
    w *
      (0.04505046478250878 +
        w *
          (0.002910420498173336 +
            w *
              (-0.00522668350795293 +
                w *
                  (0.000285418771946301 +
                    w *
                      (0.0007260052755966384 + w * (-9.748183950967474e-6 + w * -0.0001339991164657545))))));
  const odd =
    0.07106221591983702 +
    w *
      (-0.026914820338216586 +
        w *
          (0.02701542680536646 +
            w *
              (-0.006114916485612026 +
                w *
                  (-0.0019209647516887577 +
                    w * (0.000943240654378193 + w * (0.0003029604425535611 + w * -0.0001651340706848029))))));
  return 1.282750728467421 + t * (odd + t * even);
}

/** (1 + 2x)·e^{x²}·erfc(x) for 2 ≤ x ≤ 5, in t = (x − 3.16)/(x + 3.16). */
function scaledMiddle(t: number): number {
  const w = t * t;
  const even =
    -0.034302126459249085 +
    w *
      (-0.11957072793177236 +
        w *
          (-0.03231382122087275 +
            w * (0.0007993805310588997 + w * (0.00015301901170487018 + w * -3.630885076505892e-5))));
  const odd =
    -0.13774469367263575 +
    w *
      (0.11934242908446889 +
        w *
          (0.07636573217393781 +
            w *
              (0.0071932354474660695 +
                w * (-0.0010702621841681215 + w * (0.000115064411749803 + w * -1.3299595990031365e-5)))));
  return 1.2494555625671075 + t * (odd + t * even);
}

/** x·e^{x²}·erfc(x) for x ≥ 5, in u = 1/x². */
function scaledFar(u: number): number {
  const w = u * u;
  const even =
    0.4231421876531608 +
    w *
      (3.7024928524431022 +
        w * (91.61045570432856 + w * (4355.347969578206 + w * (238465.388706384 + w * 3485755.668092654))));
  const odd =
    -0.28209479177387287 +
    w *
      (-1.0578554648004874 +
        w *
          (-16.660994896686912 +
            w * (-593.5884840307116 + w * (-33617.307320842934 + w * -1264275.0613049567))));
  return 0.5641895835477563 + u * (odd + u * even);
}

/** e^{x²}·erfc(x) for x ≥ ½. */
function scaledErfc(x: number): number {
  if (x >= 5) return scaledFar(1 / (x * x)) / x;
  return (x < 2 ? scaledNear((x - 1) / (x + 1)) : scaledMiddle((x - 3.16) / (x + 3.16))) / (1 + 2 * x);
}

/** factor · e^{−c·x²} with the square unrounded and one rounding even where the result is subnormal. `c` is 1 or ½, |x| ≤ 40. */
function gaussian(x: number, c: number, factor: number): number {
  const square = x * x;
  const high = -square * c;
  const low = -productError(x, x, square) * c;
  if (high > -690) return factor * expOfSum(high, low);
  const root = expOfSum(0.5 * high, 0.5 * low);
  return factor * root * root;
}

/** Error function, odd in x. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (!(a > 0.5)) return x * erfRatio(x * x);
  const value = a > 6 ? 1 : 1 - gaussian(a, 1, scaledErfc(a));
  return x < 0 ? -value : value;
}

/** Complementary error function 1 − erf(x), accurate relatively for large x. */
export function erfc(x: number): number {
  const a = Math.abs(x);
  if (!(a > 0.5)) return 1 - x * erfRatio(x * x);
  const tail = a > 28 ? 0 : gaussian(a, 1, scaledErfc(a));
  return x < 0 ? 2 - tail : tail;
}

/** Standard normal density. */
export function normalPdf(x: number): number {
  return Math.abs(x) > 40 ? 0 : gaussian(x, 0.5, INVERSE_SQRT_TWO_PI);
}

/** Standard normal distribution function Φ(x), accurate relatively down to its smallest positive value near x = −38.5. */
export function normalCdf(x: number): number {
  const a = Math.abs(x);
  const z = a * SQRT_HALF;
  if (!(z > 0.5)) return 0.5 + 0.5 * (x * SQRT_HALF) * erfRatio(0.5 * x * x);
  const tail = a > 40 ? 0 : gaussian(a, 0.5, 0.5 * scaledErfc(z));
  return x < 0 ? tail : 1 - tail;
}

/** ln Φ(x), accurate relatively for every x that has a finite result (down to −1e154, and to the last digit of 1 − Φ above). */
export function normalLogCdf(x: number): number {
  if (x >= 0) return log1p(-normalCdf(-x));
  if (x > -1) return log(normalCdf(x));
  return log(0.5 * scaledErfc(-x * SQRT_HALF)) - 0.5 * x * x;
}

/** Wichura's AS 241 (PPND16), centre: x / (p − ½) in r = 0.180625 − (p − ½)². */
function quantileCentre(r: number): number {
  const numerator =
    3.3871328727963665 +
    r *
      (133.14166789178438 +
        r *
          (1971.5909503065513 +
            r *
              (13731.69376550946 +
                r *
                  (45921.95393154987 +
                    r * (67265.7709270087 + r * (33430.57558358813 + r * 2509.0809287301227))))));
  const denominator =
    1 +
    r *
      (42.31333070160091 +
        r *
          (687.1870074920579 +
            r *
              (5394.196021424751 +
                r *
                  (21213.794301586597 +
                    r * (39307.89580009271 + r * (28729.085735721943 + r * 5226.495278852854))))));
  return numerator / denominator;
}

/** AS 241, tail up to r = √(−ln p) = 5, in r − 1.6. */
function quantileTail(r: number): number {
  const numerator =
    1.4234371107496835 +
    r *
      (4.630337846156546 +
        r *
          (5.769497221460691 +
            r *
              (3.6478483247632045 +
                r *
                  (1.2704582524523684 +
                    r * (0.2417807251774506 + r * (0.022723844989269184 + r * 0.0007745450142783414))))));
  const denominator =
    1 +
    r *
      (2.053191626637759 +
        r *
          (1.6763848301838038 +
            r *
              (0.6897673349851 +
                r *
                  (0.14810397642748008 +
                    r * (0.015198666563616457 + r * (0.0005475938084995345 + r * 1.0507500716444169e-9))))));
  return numerator / denominator;
}

/** AS 241, tail beyond, in r − 5. */
function quantileFarTail(r: number): number {
  const numerator =
    6.657904643501103 +
    r *
      (5.463784911164114 +
        r *
          (1.7848265399172913 +
            r *
              (0.29656057182850487 +
                r *
                  (0.026532189526576124 +
                    r * (0.0012426609473880784 + r * (2.7115555687434876e-5 + r * 2.0103343992922881e-7))))));
  const denominator =
    1 +
    r *
      (0.599832206555888 +
        r *
          (0.1369298809227358 +
            r *
              (0.014875361290850615 +
                r *
                  (0.0007868691311456133 +
                    r * (1.8463183175100548e-5 + r * (1.421511758316446e-7 + r * 2.0442631033899397e-15))))));
  return numerator / denominator;
}

/**
 * Inverse of {@link normalCdf}: the x with Φ(x) = p, relative error near 4e-16 (M. Wichura, "Algorithm AS 241", Applied Statistics 37, 1988).
 * ∓Infinity at p = 0 and 1, NaN outside [0, 1].
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * quantileCentre(0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (!(tail > 0)) return tail === 0 ? (q < 0 ? -Infinity : Infinity) : NaN;
  const r = Math.sqrt(-log(tail));
  const x = r <= 5 ? quantileTail(r - 1.6) : quantileFarTail(r - 5);
  return q < 0 ? -x : x;
}

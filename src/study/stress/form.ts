import { makeUniform } from '../../base/random.ts';
import { normalQuantile } from '../../base/normal.ts';

/**
 * The harm of many points at once, each given in standard normal coordinates: 0 where the harm sought just happens, above 0 where more
 * does. Points are rows of length `dimension`.
 */
export type HarmOf = (points: readonly Float64Array[]) => Float64Array;

/** A point that does the harm: its distance from the origin is the Mahalanobis distance of the joint move. */
export type DesignPoint = { readonly point: Float64Array; readonly distance: number; readonly harm: number };

export type FormSpec = {
  readonly dimension: number;
  /** Directions to begin with besides the given ones, drawn from `seed`. */
  readonly starts: number;
  readonly seed: number;
  readonly iterations: number;
  /** Points farther than this are not looked at: beyond it a joint move means nothing. */
  readonly distanceMax: number;
};

export const DEFAULT_FORM: Omit<FormSpec, 'dimension'> = {
  starts: 24,
  seed: 17,
  iterations: 25,
  distanceMax: 30,
};

const GRID = 32;
const BISECTIONS = 4;
const STEP = 1e-3;
const SHRINKS = 5;

/**
 * The nearest point at which the harm happens: min |y| subject to harm(y) ≥ 0. From several directions: the harm's edge on the ray is
 * found, then the direction turns into that of the gradient there (the iteration of Hasofer–Lind and Rackwitz–Fiessler from structural
 * reliability), shorter where that would lead away. Null where no ray does the harm within `distanceMax`.
 */
export function findDesignPoint(
  harm: HarmOf,
  given: readonly Float64Array[],
  spec: FormSpec,
): DesignPoint | null {
  let best: DesignPoint | null = null;
  for (const start of [...given, ...drawnDirections(spec)]) {
    const found = descend(harm, start, spec);
    if (found !== null && (best === null || found.distance < best.distance)) best = found;
  }
  return best;
}

function drawnDirections(spec: FormSpec): Float64Array[] {
  const draw = makeUniform(spec.seed);
  return Array.from({ length: spec.starts }, () =>
    Float64Array.from({ length: spec.dimension }, () => normalQuantile(draw())),
  );
}

function descend(harm: HarmOf, start: Float64Array, spec: FormSpec): DesignPoint | null {
  let at = edgeOnRay(harm, start, spec.distanceMax);
  if (at === null) return null;
  for (let i = 0; i < spec.iterations; i += 1) {
    const turned = turn(harm, at, spec);
    if (turned === null || !(turned.distance < at.distance * (1 - 1e-6))) break;
    at = turned;
  }
  return at;
}

/** The first place along a direction where harm happens: a grid, then bisection by grids. */
function edgeOnRay(harm: HarmOf, direction: Float64Array, distanceMax: number): DesignPoint | null {
  const length = norm(direction);
  if (!(length > 0)) return null;
  const pointAt = (distance: number): Float64Array => direction.map((x) => (x / length) * distance);
  let low = 0;
  let high = distanceMax;
  let value = NaN;
  for (let round = 0; round < BISECTIONS; round += 1) {
    const distances = Array.from({ length: GRID }, (_, i) => low + ((high - low) * (i + 1)) / GRID);
    const values = harm(distances.map(pointAt));
    const first = values.findIndex((v) => v >= 0);
    if (first < 0) return null;
    low = first === 0 ? low : distances[first - 1]!;
    high = distances[first]!;
    value = values[first]!;
  }
  return { point: pointAt(high), distance: high, harm: value };
}

/** Turns towards the gradient; the largest turn that comes nearer. */
function turn(harm: HarmOf, from: DesignPoint, spec: FormSpec): DesignPoint | null {
  const gradient = gradientAt(harm, from.point);
  const steep = norm(gradient);
  if (!(steep > 0)) return null;
  for (let k = 0, share = 1; k < SHRINKS; k += 1, share /= 2) {
    const mixed = from.point.map(
      (y, i) => (1 - share) * (y / from.distance) + share * (gradient[i]! / steep),
    );
    const found = edgeOnRay(harm, mixed, Math.min(spec.distanceMax, from.distance));
    if (found !== null && found.distance < from.distance) return found;
  }
  return null;
}

function gradientAt(harm: HarmOf, point: Float64Array): Float64Array {
  const shifted = (i: number, by: number): Float64Array => {
    const moved = Float64Array.from(point);
    moved[i] = moved[i]! + by;
    return moved;
  };
  const points = Array.from(point.keys()).flatMap((i) => [shifted(i, STEP), shifted(i, -STEP)]);
  const values = harm(points);
  return Float64Array.from(point.keys(), (i) => (values[2 * i]! - values[2 * i + 1]!) / (2 * STEP));
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}

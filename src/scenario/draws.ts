import { log } from '../base/elementary.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { normalQuantile } from '../base/normal.ts';
import { makeRandom } from '../base/random.ts';

/** Earliest moment of JavaScript's calendar, in seconds: shifts every moment above 0. */
const SECONDS_MIN = 8_640_000_000_000;
/** Uniforms that one moment of one stream may use. */
const DRAWS_PER_MOMENT = 4;

/** Refuses a seed that is not a whole number from 0 to 2^53 − 1. */
export function refuseSeed(seed: number): Failure | null {
  if (Number.isSafeInteger(seed) && seed >= 0) return null;
  return refuse('NUMBER_OUT_OF_RANGE', {
    field: 'seed',
    value: seed,
    expected: 'a whole number from 0 to 2^53 − 1',
  });
}

/** A number in (0, 1) that depends on the seed, the name of the stream and the moment, and on nothing drawn before. */
export function uniformAt(seed: number, stream: string, timeMs: number): number {
  return drawsAt(seed, stream, timeMs)();
}

/** Student's t with 4 degrees of freedom, scaled to unit variance, by the same rule: z / √(χ²₄/4), χ²₄ = −2·ln(u·v). */
export function studentFourAt(seed: number, stream: string, timeMs: number): number {
  const draw = drawsAt(seed, stream, timeMs);
  const normal = normalQuantile(draw());
  const squares = -2 * (log(draw()) + log(draw()));
  return normal / Math.sqrt((squares / 4) * 2);
}

/** Up to {@link DRAWS_PER_MOMENT} uniforms. */
function drawsAt(seed: number, stream: string, timeMs: number): () => number {
  const position = (Math.floor(timeMs / 1000) + SECONDS_MIN) * DRAWS_PER_MOMENT;
  return makeRandom({ seed, stream: streamNumber(stream), position }).draw;
}

/** 53 bits of a name: two 32-bit FNV-1a hashes, the second over the name with a mark before it. */
function streamNumber(name: string): number {
  return (hash32(`#${name}`) % 2_097_152) * 4_294_967_296 + hash32(name);
}

function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

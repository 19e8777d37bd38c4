import { assert } from './assert.ts';
import { normalQuantile } from './normal.ts';

/**
 * Random numbers as a pure function of (seed, stream, position) (BITS-003): Philox4x32-10 (J. Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", 2011), a bijection of a 128-bit counter under a 64-bit key. Any worker can produce any part of a stream, and the state of a
 * generator is three numbers. Not for secrets.
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
const TWO_POW_32 = 4294967296;
const TWO_POW_52 = 4503599627370496;

/** Where a stream of uniforms stands: `seed` and `stream` are whole numbers below 2^53, `position` counts the uniforms drawn. */
export type RandomState = { readonly seed: number; readonly stream: number; readonly position: number };

/** A sequential reader of one stream: `draw` yields the next uniform, `state` what is needed to go on from here. */
export type RandomGenerator = { readonly draw: () => number; readonly state: () => RandomState };

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (cross >>> 16)) >>> 0;
}

/** One block: encrypts the four 32-bit words of `block` (the counter) in place under the 64-bit key. */
export function philox(block: Uint32Array, keyLow: number, keyHigh: number): void {
  let x0 = block[0]!;
  let x1 = block[1]!;
  let x2 = block[2]!;
  let x3 = block[3]!;
  let k0 = keyLow;
  let k1 = keyHigh;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, x0);
    const low0 = Math.imul(MULTIPLIER_0, x0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, x2);
    const low1 = Math.imul(MULTIPLIER_1, x2) >>> 0;
    x0 = (high1 ^ x1 ^ k0) >>> 0;
    x1 = low1;
    x2 = (high0 ^ x3 ^ k1) >>> 0;
    x3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  block[0] = x0;
  block[1] = x1;
  block[2] = x2;
  block[3] = x3;
}

/** (k + ½)·2^-52 for the 52 upper bits k of a 64-bit word: strictly between 0 and 1, and symmetric about ½. */
function uniformOf(high: number, low: number): number {
  return (high * 1048576 + (low >>> 12) + 0.5) / TWO_POW_52;
}

function setCounter(block: Uint32Array, index: number, stream: number): void {
  block[0] = index >>> 0;
  block[1] = Math.floor(index / TWO_POW_32);
  block[2] = stream >>> 0;
  block[3] = Math.floor(stream / TWO_POW_32);
}

function assertState({ seed, stream, position }: RandomState): void {
  const whole = (x: number): boolean => Number.isSafeInteger(x) && x >= 0;
  assert(
    whole(seed) && whole(stream) && whole(position),
    'seed, stream and position are whole numbers below 2^53',
  );
}

/** A generator that stands at `state`; each block of Philox gives two uniforms. */
export function makeRandom(state: RandomState): RandomGenerator {
  assertState(state);
  const { seed, stream } = state;
  const keyLow = seed >>> 0;
  const keyHigh = Math.floor(seed / TWO_POW_32);
  const block = new Uint32Array(4);
  const fillBlock = (index: number): void => {
    setCounter(block, index, stream);
    philox(block, keyLow, keyHigh);
  };
  let position = state.position;
  if (position % 2 === 1) fillBlock((position - 1) / 2);
  const draw = (): number => {
    const odd = position % 2 === 1;
    if (!odd) fillBlock(position / 2);
    position += 1;
    return odd ? uniformOf(block[2]!, block[3]!) : uniformOf(block[0]!, block[1]!);
  };
  return { draw, state: () => ({ seed, stream, position }) };
}

/** The uniforms of stream 0 of a seed, one a call, strictly between 0 and 1. */
export function makeUniform(seed: number): () => number {
  return makeRandom({ seed, stream: 0, position: 0 }).draw;
}

/** A standard normal draw: the quantile of one uniform. */
export function drawNormal(draw: () => number): number {
  return normalQuantile(draw());
}

/** A whole number from 0 to n − 1, every one equally likely, for 1 ≤ n ≤ 2^52: a uniform's bits, those past the last multiple of n rejected. */
export function drawBelow(draw: () => number, n: number): number {
  assert(
    Number.isSafeInteger(n) && n >= 1 && n <= TWO_POW_52,
    'drawBelow needs a whole number from 1 to 2^52',
  );
  const limit = TWO_POW_52 - (TWO_POW_52 % n);
  let bits = limit;
  while (bits >= limit) bits = Math.floor(draw() * TWO_POW_52);
  return bits % n;
}

/** Puts the items into a random order in place, every order equally likely (Fisher–Yates from the end). */
export function shuffle<T>(items: { [index: number]: T; readonly length: number }, draw: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = drawBelow(draw, i + 1);
    const held = items[i]!;
    items[i] = items[j]!;
    items[j] = held;
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from './assert.ts';
import { chiSquareSurvival, kolmogorovSurvival } from './distribution.ts';
import { normalCdf } from './normal.ts';
import { drawBelow, drawNormal, makeRandom, makeUniform, philox, shuffle } from './random.ts';

const SEED = 20260807;

/** Kolmogorov's p-value of values that should be uniform. */
function uniformity(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  let distance = 0;
  sorted.forEach((u, i) => {
    distance = Math.max(distance, Math.abs(u - i / sorted.length), Math.abs(u - (i + 1) / sorted.length));
  });
  return kolmogorovSurvival(distance * Math.sqrt(sorted.length));
}

describe('Philox4x32-10', () => {
  it('gives the known answers of its authors (BITS-003)', () => {
    const ones = 0xffffffff;
    const known = [
      [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
      [[ones, ones, ones, ones], [ones, ones], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
      [
        [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
        [0xa4093822, 0x299f31d0],
        'd16cfe09 94fdcceb 5001e420 24126ea1',
      ],
    ] as const;
    for (const [counter, [low, high], answer] of known) {
      const block = Uint32Array.from(counter);
      philox(block, low, high);
      expect(Array.from(block, (x) => x.toString(16).padStart(8, '0')).join(' ')).toBe(answer);
    }
  });
});

describe('a stream of uniforms (BITS-003)', () => {
  it('has these very values', () => {
    const draw = makeUniform(7);
    expect([draw(), draw(), draw(), draw()]).toEqual([
      0.9545971261687, 0.11417736161631942, 0.4069604044303493, 0.1717986715859393,
    ]);
  });

  it('goes on from any state as if it had never stopped', () => {
    const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(
        whole,
        whole,
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.nat(9),
        (seed, stream, position, ahead) => {
          const running = makeRandom({ seed, stream, position });
          for (let i = 0; i < ahead; i++) running.draw();
          const restored = makeRandom(JSON.parse(JSON.stringify(running.state())));
          expect(restored.state()).toEqual({ seed, stream, position: position + ahead });
          for (let i = 0; i < 3; i++) expect(restored.draw()).toBe(running.draw());
        },
      ),
      { seed: SEED },
    );
  });

  it('differs by seed and by stream, in the low and the high words', () => {
    const first = (seed: number, stream: number): number => makeRandom({ seed, stream, position: 0 }).draw();
    const firsts = [
      first(0, 0),
      first(1, 0),
      first(2 ** 32, 0),
      first(0, 1),
      first(0, 2 ** 32),
      first(2 ** 33, 1),
    ];
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('is uniform, and its neighbours are independent', () => {
    const draw = makeUniform(SEED);
    const values = Array.from({ length: 100_000 }, draw);
    expect(uniformity(values)).toBeGreaterThan(0.001);
    const cells = new Float64Array(256);
    for (let i = 0; i < values.length; i += 2) {
      cells[Math.floor(values[i]! * 16) * 16 + Math.floor(values[i + 1]! * 16)]! += 1;
    }
    const expected = values.length / 2 / 256;
    const statistic = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquareSurvival(statistic, 255)).toBeGreaterThan(0.001);
    expect(values.every((u) => u > 0 && u < 1)).toBe(true);
  });

  it('takes whole numbers only', () => {
    for (const bad of [-1, 0.5, NaN, 2 ** 53]) {
      expect(() => makeUniform(bad)).toThrow(AssertionFailed);
      expect(() => makeRandom({ seed: 1, stream: bad, position: 0 })).toThrow(AssertionFailed);
      expect(() => makeRandom({ seed: 1, stream: 0, position: bad })).toThrow(AssertionFailed);
    }
  });
});

describe('draws', () => {
  it('normals are normal', () => {
    const draw = makeUniform(SEED);
    const values = Array.from({ length: 50_000 }, () => normalCdf(drawNormal(draw)));
    expect(uniformity(values)).toBeGreaterThan(0.001);
  });

  it('whole numbers below n are equally likely', () => {
    const draw = makeUniform(SEED);
    for (const n of [1, 2, 7, 100]) {
      const counts = new Float64Array(n);
      for (let i = 0; i < 20_000; i++) counts[drawBelow(draw, n)]! += 1;
      const expected = 20_000 / n;
      const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      if (n > 1) expect(chiSquareSurvival(statistic, n - 1)).toBeGreaterThan(0.001);
      else expect(counts[0]).toBe(20_000);
    }
  });

  it('whole numbers reject the bits past the last multiple of n', () => {
    // 2^52 = 3·1501199875790165 + 1: the single largest value of the bits must be drawn again.
    const uniforms = [1 - 2 ** -53, 0.5];
    expect(drawBelow(() => uniforms.shift()!, 3)).toBe(2 ** 51 % 3);
    expect(uniforms).toEqual([]);
    for (const bad of [0, 1.5, -3, 2 ** 53]) expect(() => drawBelow(() => 0.5, bad)).toThrow(AssertionFailed);
  });

  it('a shuffle is a permutation, every one equally likely', () => {
    const draw = makeUniform(SEED);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const items = [0, 1, 2, 3];
      shuffle(items, draw);
      const key = items.join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    let statistic = 0;
    for (const count of counts.values()) statistic += (count - 1000) ** 2 / 1000;
    expect(chiSquareSurvival(statistic, 23)).toBeGreaterThan(0.001);
    const typed = Float64Array.from([5, 6, 7]);
    shuffle(typed, draw);
    expect(Array.from(typed).sort()).toEqual([5, 6, 7]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BUFFER, type BufferState, stepBuffer, stepTowards } from './dynamic.ts';

function walk(calculated: readonly number[]): number[] {
  let state: BufferState = { reference: null };
  return calculated.map((usd) => {
    const step = stepBuffer(state, usd, DEFAULT_BUFFER);
    state = step.state;
    return step.called;
  });
}

const path = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('a buffer that is drawn down', () => {
  it('is a quarter on top in quiet times, and gone once requirements have risen by more', () => {
    const calm = Array.from({ length: 10 }, () => 100);
    expect(walk(calm).at(-1)).toBe(125);
    expect(walk([...calm, 120]).at(-1)).toBeLessThan(126);
    expect(walk([...calm, 200]).at(-1)).toBe(200);
  });

  it('never calls less than is calculated, nor more than the whole buffer on top', () => {
    fc.assert(
      fc.property(path, (calculated) => {
        for (const [i, called] of walk(calculated).entries()) {
          if (called < calculated[i]! || called > 1.25 * calculated[i]! + 1e-9) return false;
        }
        return true;
      }),
      { seed: 7 },
    );
  });

  it('lets the call rise by no more than the calculated requirement does', () => {
    const calculated = [...Array.from({ length: 30 }, () => 100), 110, 125, 150, 160, 140];
    const called = walk(calculated);
    const riseOf = (series: readonly number[]): number => Math.max(...series.slice(30)) / series[29]!;
    expect(riseOf(called)).toBeLessThan(riseOf(calculated));
  });
});

describe('the speed limit', () => {
  it('reaches the target in steps of at most its share, from either side', () => {
    expect(stepTowards(null, 42, 0.1)).toBe(42);
    expect(stepTowards(100, 150, 0.1)).toBeCloseTo(110, 12);
    expect(stepTowards(100, 104, 0.1)).toBe(104);
    expect(stepTowards(110, 50, 0.1)).toBeCloseTo(100, 12);
  });
});

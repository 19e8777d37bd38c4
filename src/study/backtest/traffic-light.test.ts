import { describe, expect, it } from 'vitest';
import { given } from './sample.fixture.ts';
import { assessTrafficLight, findZoneBounds } from './traffic-light.ts';

const basel = (exceptions: number) =>
  given(assessTrafficLight({ observations: 250, confidence: 0.99, exceptions }));

describe('the traffic light (BACKTEST-007)', () => {
  it('prints the table of the Basel Committee (1996): zones, plus factors, cumulative percent; and MAR99', () => {
    const table = Array.from({ length: 11 }, (_, x) => basel(x));
    expect(table.map((row) => row.zone)).toEqual([
      ...Array(5).fill('green'),
      ...Array(5).fill('yellow'),
      'red',
    ]);
    expect(table.map((row) => row.plusFactor1996)).toEqual([0, 0, 0, 0, 0, 0.4, 0.5, 0.65, 0.75, 0.85, 1]);
    expect(table.slice(5).map((row) => row.multiplierMar99)).toEqual([1.7, 1.76, 1.83, 1.88, 1.92, 2]);
    const percent = [8.11, 28.58, 54.32, 75.81, 89.22, 95.88, 98.63, 99.6, 99.89, 99.97, 99.99];
    for (const [x, printed] of percent.entries()) {
      expect(Math.abs(100 * table[x]!.probabilityAtMost - printed)).toBeLessThanOrEqual(0.005);
    }
    expect(basel(60)).toMatchObject({ zone: 'red', multiplier1996: 4, multiplierMar99: 2 });
  });

  it('starts yellow at 5 and red at 10 in 250 days at 99 %, and elsewhere for other samples', () => {
    expect(findZoneBounds({ observations: 250, confidence: 0.99 })).toEqual({ yellowFrom: 5, redFrom: 10 });
    expect(findZoneBounds({ observations: 250, confidence: 0.975 })).toEqual({ yellowFrom: 11, redFrom: 17 });
    expect(findZoneBounds({ observations: 1000, confidence: 0.95 })).toEqual({ yellowFrom: 62, redFrom: 77 });
  });

  it('turns zones into a multiplier from 1 to 4/3 at any sample, never falling with the count', () => {
    expect(basel(4).modelMultiplier).toBe(1);
    expect(basel(10).modelMultiplier).toBeCloseTo(4 / 3, 15);
    for (const [observations, confidence] of [
      [365, 0.99],
      [1000, 0.975],
      [20, 0.5],
    ] as const) {
      let last = 1;
      for (let exceptions = 0; exceptions <= observations; exceptions += 1) {
        const light = given(assessTrafficLight({ observations, confidence, exceptions }));
        expect(light.plusFactor1996).toBeNull();
        expect(light.modelMultiplier).toBeGreaterThanOrEqual(last);
        expect(light.modelMultiplier).toBeLessThanOrEqual(4 / 3);
        last = light.modelMultiplier;
      }
      expect(last).toBe(4 / 3);
    }
  });

  it('scales by the reasoning behind the printed factors: close to them at 250 days', () => {
    for (const exceptions of [5, 6, 7, 8, 9]) {
      const near = given(assessTrafficLight({ observations: 251, confidence: 0.99, exceptions }));
      expect(Math.abs(near.modelMultiplier - basel(exceptions).modelMultiplier)).toBeLessThan(0.012);
    }
  });

  it('keeps the chance of at least so many exact where it is tiny', () => {
    expect(basel(12).probabilityAtLeast / 1.0638807626992092e-5).toBeCloseTo(1, 10);
    expect(basel(0).probabilityAtLeast).toBe(1);
  });

  it('refuses counts and levels that make no sense', () => {
    expect(assessTrafficLight({ observations: 250, confidence: 1, exceptions: 0 })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
    expect(assessTrafficLight({ observations: 250, confidence: 0.99, exceptions: 251 })).toMatchObject({
      field: 'exceptions',
    });
    expect(findZoneBounds({ observations: 0, confidence: 0.99 })).toMatchObject({ field: 'observations' });
  });
});

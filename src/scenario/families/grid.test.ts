import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import type { Factor } from '../set.ts';
import { indexShocks, type RuledSet, volGrowthOf } from '../shocks.ts';
import { DEFAULT_GRID, type GridSpec, gridSet } from './grid.ts';

const FACTORS: readonly Factor[] = [
  { asset: 'BTC', kind: 'spot' },
  { asset: 'BTC', kind: 'volShort' },
  { asset: 'BTC', kind: 'skew' },
  { asset: 'BTC', kind: 'basis' },
  { asset: 'OTHER', kind: 'spot' },
  { asset: 'WBTC', kind: 'spot' },
  { asset: 'USDC', kind: 'spot' },
];
const PEGS = new Map([['WBTC', 'BTC'], ['USDC', null]]); // prettier-ignore

function grid(spec: GridSpec = DEFAULT_GRID): RuledSet {
  const set = gridSet(FACTORS, spec, PEGS);
  if (isFailure(set)) throw new Error(JSON.stringify(set));
  return set;
}

function column(set: RuledSet, name: string): number[] {
  const s = set.names.indexOf(name);
  expect(s, name).toBeGreaterThanOrEqual(0);
  return FACTORS.map((_, f) => set.shocks[f * set.count + s]!);
}

describe('the grid (SCENARIO-027)', () => {
  it('moves every asset by the same share of its own range, with volatility up, flat and down', () => {
    const set = grid();
    expect(set.count).toBe(7 * 3 + 4 + 2);
    expect(new Set(set.names).size).toBe(set.count);
    expect(column(set, 'spot -100 % of range, vol up')).toEqual([-0.15, 0.5, 0, 0, -0.25, -0.15, 0]);
    expect(column(set, 'spot 100 % of range, vol down')).toEqual([0.15, -0.275, 0, 0, 0.25, 0.15, 0]);
    expect(column(set, 'spot 0 % of range, vol flat')).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(column(set, 'spot 0 % of range, vol flat, skew wings')).toEqual([0, 0, 0.05, 0, 0, 0, 0]);
  });

  it('dampens far moves to the same loss', () => {
    const set = grid();
    for (const [name, move] of [
      ['spot -66 %, vol up', -0.66],
      ['spot 100 %, vol up', 1],
    ] as const) {
      expect(column(set, name)[0]).toBe(move);
      expect(set.rules.pnlScales![set.names.indexOf(name)]! * Math.abs(move)).toBeCloseTo(0.036, 15);
    }
  });

  it('scales the volatility shock by (30/d)^p, with its own power on either side and a least tenor', () => {
    const set = grid({ ...DEFAULT_GRID, daysMin: 2 });
    const shocks = indexShocks(set);
    if (isFailure(shocks)) throw new Error('indexed');
    const up = set.names.indexOf('spot 0 % of range, vol up');
    const down = set.names.indexOf('spot 0 % of range, vol down');
    const growth = (days: number): Float64Array => volGrowthOf('BTC', days / 365, shocks) as Float64Array;
    expect(growth(7)[up]).toBeCloseTo(1 + 0.5 * (30 / 7) ** 0.3, 12);
    expect(growth(7)[down]).toBeCloseTo(1 - 0.275 * (30 / 7) ** 0.3, 12);
    expect(growth(90)[up]).toBeCloseTo(1 + 0.5 * (30 / 90) ** 0.13, 12);
    expect(growth(0.5)[up]).toBeCloseTo(1 + 0.5 * 15 ** 0.3, 12);
    expect(growth(0.01)[down]).toBeCloseTo(1 - 0.275 * 15 ** 0.3, 12);
  });

  it('refuses moves and damping that make no sense', () => {
    const first = DEFAULT_GRID.scenarios[0]!;
    const bad: Partial<GridSpec>[] = [
      { scenarios: [{ ...first, unit: 'absolute', spot: -1 }] },
      { scenarios: [{ ...first, pnlScale: 1.5 }] },
      { scenarios: [{ ...first, spot: -5 }] },
      { volDown: 1 },
      { volUp: NaN },
      { daysMin: 0 },
      { volMin: -1 },
      { powerShort: Infinity },
    ];
    for (const change of bad)
      expect(isFailure(gridSet(FACTORS, { ...DEFAULT_GRID, ...change }, PEGS)), JSON.stringify(change)).toBe(
        true,
      );
  });
});

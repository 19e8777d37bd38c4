import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import { GRID_PRESETS } from '../margin/grid/presets.ts';
import type { Methodology } from '../margin/methodology.ts';
import { judgeMethodology, parseMethodologyFile } from './methodology-file.ts';

const head = {
  plimsoll: 'methodology/1',
  id: 'venue',
  version: '7',
  effective: '2026-03-01T00:00:00Z',
  approvers: ['ada', 'grace'],
};
const parse = (change: object): unknown => parseMethodologyFile({ ...head, ...change });
function methodology(change: object): Methodology {
  const parsed = parseMethodologyFile({ ...head, ...change });
  if (isFailure(parsed)) throw new Error(JSON.stringify(parsed));
  return parsed;
}

describe('a methodology file', () => {
  it('is the default under another name where it says nothing', () => {
    const { id, version, effectiveMs, about, approvers, ...rest } = methodology({});
    const {
      id: _,
      version: __,
      effectiveMs: ___,
      about: ____,
      approvers: _____,
      ...defaults
    } = DEFAULT_METHODOLOGY;
    expect(rest).toEqual(defaults);
    expect({ id, version, effectiveMs, about, approvers }).toEqual({
      id: 'venue',
      version: '7',
      effectiveMs: Date.UTC(2026, 2, 1),
      about: '',
      approvers: ['ada', 'grace'],
    });
  });

  it('changes leaf by leaf, replaces lists, and leaves the default alone', () => {
    const before = structuredClone(DEFAULT_METHODOLOGY);
    const changed = methodology({
      isolated: { baseFrac: { BTC: 0.2, SOL: 0.4 } },
      unified: { groups: [['BTC']] },
      antiProcyclicality: { tool: 'buffer', bufferFrac: 0.25 },
    });
    expect(changed.isolated.baseFrac).toEqual({
      ...DEFAULT_METHODOLOGY.isolated.baseFrac,
      BTC: 0.2,
      SOL: 0.4,
    });
    expect(changed.isolated.sizeUsd).toEqual(DEFAULT_METHODOLOGY.isolated.sizeUsd);
    expect(changed.unified.groups).toEqual([['BTC']]);
    expect(changed.unified.diversificationFrac).toBe(DEFAULT_METHODOLOGY.unified.diversificationFrac);
    expect(changed.antiProcyclicality).toEqual({ tool: 'buffer', bufferFrac: 0.25 });
    expect(DEFAULT_METHODOLOGY).toEqual(before);
  });

  it('names any grid that there is', () => {
    for (const [preset, model] of GRID_PRESETS)
      expect(methodology({ grid: { preset } }).grid.model).toBe(model);
  });

  const rule = (asset: string, ...ends: readonly (number | null)[]): object => ({
    asset,
    treatment: 'tiers',
    tiers: ends.map((upToUsd) => ({ upToUsd, haircutFrac: 0.1 })),
    liabilityWeightFrac: 0,
    capUsd: null,
  });
  const CASES: readonly (readonly [string, object, string])[] = [
    ['one approver', { approvers: ['ada'] }, 'SHAPE_INVALID'],
    ['one approver under two hats', { approvers: ['ada', 'ada'] }, 'SHAPE_INVALID'],
    ['no date', { effective: 'soon' }, 'DATE_INVALID'],
    ['a section of its own', { mercy: {} }, 'SHAPE_INVALID'],
    ['a level that is none', { tail: { level: 'high' } }, 'SHAPE_INVALID'],
    ['a level of zero', { tail: { level: '0' } }, 'NUMBER_OUT_OF_RANGE'],
    ['a share below zero', { unified: { diversificationFrac: -0.1 } }, 'NUMBER_OUT_OF_RANGE'],
    ['a multiplier that is a discount', { addOns: { modelMultiplier: 0.9 } }, 'NUMBER_OUT_OF_RANGE'],
    ['a decay of one', { filtered: { decay: 1 } }, 'NUMBER_OUT_OF_RANGE'],
    ['a rate that is not finite', { isolated: { baseFrac: { BTC: Infinity } } }, 'NUMBER_NOT_FINITE'],
    ['a tool without its parameter', { antiProcyclicality: { tool: 'buffer' } }, 'SHAPE_INVALID'],
    ['tiers that descend', { collateral: { assets: [rule('BTC', 5, 3)] } }, 'SHAPE_INVALID'],
    ['a tier after the end', { collateral: { assets: [rule('BTC', null, 3)] } }, 'SHAPE_INVALID'],
    ['two rules for one asset', { collateral: { assets: [rule('BTC', 1), rule('BTC', 1)] } }, 'DUPLICATE_ID'],
    [
      'two caps for one issuer',
      { collateral: { issuerCaps: [1, 2].map((capUsd) => ({ issuer: 'i', capUsd })) } },
      'DUPLICATE_ID',
    ],
    ['an exit above its entry', { health: { warning: { enter: 0.7, exit: 0.71 } } }, 'SHAPE_INVALID'],
    ['a worse state before a better one', { health: { call: { enter: 0.6, exit: 0.6 } } }, 'SHAPE_INVALID'],
  ];
  it.each(CASES)('is refused that has %s', (_, change, failure) => {
    expect(parse(change)).toMatchObject({ failure, field: expect.stringMatching(/^methodology/) });
  });
});

describe('a methodology from anywhere', () => {
  it('is judged by the same rules, and the default passes', () => {
    expect(judgeMethodology(DEFAULT_METHODOLOGY)).toBeNull();
    const negative = { ...DEFAULT_METHODOLOGY, maintenanceFrac: -1 };
    expect(judgeMethodology(negative)).toMatchObject({ field: 'methodology.maintenanceFrac' });
  });
});

import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../base/failure.ts';
import { DAY_MS, parseInstant } from '../../base/instant.ts';
import type { Asset } from '../../product/product.ts';
import { type FactorModel, fitFactors } from '../factors.ts';
import { generateHistory } from '../generated.ts';
import type { Factor, ScenarioSet } from '../set.ts';
import { shocksOfMove } from '../spot-vol.ts';
import { STRESS_EVENTS } from '../stress-days.ts';
import { breakdownMoves, DEFAULT_BREAKDOWN } from './breakdown.ts';
import { DEFAULT_STRESS, eventsBefore, stressSet } from './stress.ts';

const coin = (id: string, pegTo: string | null = null): Asset => ({
  id,
  places: 8,
  kind: 'coin',
  issuer: null,
  pegTo,
});
const stable = (id: string): Asset => ({ ...coin(id, 'USD'), kind: 'stable' });
const ASSETS: readonly Asset[] = [
  ...['BTC', 'ETH', 'SOL', 'LINK', 'XRP', 'NEWCOIN'].map((id) => coin(id)),
  coin('WBTC', 'BTC'),
  stable('USDC'),
  stable('USDT'),
];
const FACTORS: readonly Factor[] = [
  ...ASSETS.map(({ id }): Factor => ({ asset: id, kind: 'spot' })),
  ...(['volShort', 'volLong', 'skew', 'basis'] as const).map((kind): Factor => ({ asset: 'ETH', kind })),
];

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}

function modelAt(asOfMs: number): FactorModel {
  const history = given(
    generateHistory({ assets: ASSETS, endMs: asOfMs, days: 700, seed: 3, lastPrices: new Map() }),
  );
  return given(fitFactors({ history, asOfMs, factors: FACTORS, assets: ASSETS, seed: 1 }));
}

const TODAY = modelAt(Date.UTC(2026, 0, 1));
const STRESS = given(stressSet(TODAY));

function moveIn(set: ScenarioSet, name: string, id: string): number {
  const s = set.names.indexOf(name);
  expect(s, name).toBeGreaterThanOrEqual(0);
  const f = set.factors.findIndex((factor) => factor.asset === id && factor.kind === 'spot');
  return set.shocks[f * set.count + s]!;
}

describe('named days (SCENARIO-023)', () => {
  it('move every asset that the table knows by its figure', () => {
    let compared = 0;
    for (const event of STRESS_EVENTS) {
      const name = `${event.lastDay} ${event.name}${event.measure === 'deepest' ? ', deepest 24 hours' : ''}`;
      for (const [asset, move] of event.moves) {
        if (!ASSETS.some(({ id }) => id === asset)) continue;
        expect(moveIn(STRESS, name, asset), `${name} ${asset}`).toBe(move);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(100);
    expect(moveIn(STRESS, '2020-03-12 Covid crash', 'BTC')).toBe(-0.395);
    expect(moveIn(STRESS, '2025-10-10 10 October 2025, deepest 24 hours', 'XRP')).toBe(-0.58);
    expect(moveIn(STRESS, '2023-03-11 USDC off its peg', 'USDC')).toBeCloseTo(-0.041, 15);
  });

  it('move others by beta times their leader, and what is pegged as its target', () => {
    const name = '2020-03-12 Covid crash';
    const { beta, leader } = TODAY.followers.get('SOL')!;
    expect(leader).toBe('ETH');
    expect(moveIn(STRESS, name, 'SOL')).toBeCloseTo(Math.max(-0.95, beta * -0.446), 14);
    expect(moveIn(STRESS, name, 'NEWCOIN')).toBeCloseTo(TODAY.followers.get('NEWCOIN')!.beta * -0.446, 14);
    expect(moveIn(STRESS, name, 'WBTC')).toBe(-0.395);
    expect(moveIn(STRESS, name, 'USDT')).toBe(0);
    const link = moveIn(STRESS, '2020-03-13 Covid crash, deepest 24 hours', 'LINK');
    expect(link).toBeCloseTo(TODAY.followers.get('LINK')!.beta * -0.54, 14);
  });

  it('move volatility, skew and basis by rule', () => {
    const s = STRESS.names.indexOf('2022-11-09 FTX, day 2');
    const expected = shocksOfMove(-0.174, TODAY.calms.get('ETH')!);
    for (const [i, kind] of (['volShort', 'volLong', 'skew', 'basis'] as const).entries()) {
      expect(STRESS.shocks[(ASSETS.length + i) * STRESS.count + s]).toBe(expected[kind]);
    }
    expect(expected.volShort).toBeGreaterThan(0.15);
  });

  it('are known from the end of their day on, and not before', () => {
    expect(eventsBefore(Date.UTC(2018, 0, 1))).toEqual([]);
    for (const event of STRESS_EVENTS) {
      const endMs = parseInstant(event.lastDay)!.timeMs + DAY_MS;
      expect(eventsBefore(endMs)).toContain(event);
      expect(eventsBefore(endMs - 1)).not.toContain(event);
    }
    const before = given(stressSet(modelAt(Date.UTC(2022, 10, 9))));
    expect(before.names.filter((name) => name.startsWith('2022-11'))).toEqual(['2022-11-08 FTX, day 1']);
    expect(before.names.some((name) => name.startsWith('2023') || name.startsWith('2025'))).toBe(false);
  });
});

describe('moves that did not happen', () => {
  it('come with volatility up and down (SCENARIO-024)', () => {
    const volAt = (name: string): number =>
      STRESS.shocks[ASSETS.length * STRESS.count + STRESS.names.indexOf(name)]!;
    expect(moveIn(STRESS, 'BTC −35 %, vol up', 'BTC')).toBe(-0.35);
    expect(moveIn(STRESS, 'BTC +50 %, vol down', 'BTC')).toBe(0.5);
    expect(volAt('BTC −35 %, vol down')).toBe(-0.35);
    expect(volAt('BTC −35 %, vol up')).toBeGreaterThan(0.35);
    expect(volAt('BTC +50 %, vol up')).toBeGreaterThan(0.35);
  });

  it('break each peg alone, and the dollar pegs together (SCENARIO-025)', () => {
    expect(moveIn(STRESS, 'USDT off its peg −35 %', 'USDT')).toBe(-0.35);
    expect(moveIn(STRESS, 'USDT off its peg −35 %', 'USDC')).toBe(0);
    expect(moveIn(STRESS, 'WBTC off its peg −10 %', 'WBTC')).toBe(-0.1);
    expect(moveIn(STRESS, 'WBTC off its peg −10 %', 'BTC')).toBe(0);
    expect(moveIn(STRESS, 'all pegs −5 %', 'USDC')).toBe(-0.05);
    expect(moveIn(STRESS, 'all pegs −5 %', 'WBTC')).toBe(0);
  });
});

describe('broken correlations (SCENARIO-026)', () => {
  it('at one: everything moves by three stressed deviations at once', () => {
    const fall = STRESS.names.indexOf('correlations to one 100 % −1');
    const moves = ['BTC', 'ETH', 'SOL', 'LINK', 'XRP'].map((id) => moveIn(STRESS, STRESS.names[fall]!, id));
    for (const move of moves) expect(move).toBeLessThan(-0.1);
    expect(moveIn(STRESS, STRESS.names[fall]!, 'WBTC')).toBe(moves[0]);
    const rise = moveIn(STRESS, 'correlations to one 100 % +1', 'BTC');
    expect((1 + rise) * (1 + moves[0]!)).toBeCloseTo(1, 12);
  });

  it('at zero: each asset moves alone by the same size', () => {
    const broken = given(breakdownMoves(TODAY, DEFAULT_BREAKDOWN));
    const together = broken.find((move) => move.name === 'correlations to one 100 % −1')!;
    const alone = broken.filter((move) => move.name.startsWith('correlations to zero 100 % −'));
    expect(alone.length).toBe(6);
    for (const { spots } of alone) {
      const moved = [...spots].filter(([, move]) => Math.abs(move) > 1e-9);
      expect(moved.length).toBe(1);
      expect(moved[0]![1]).toBeCloseTo(together.spots.get(moved[0]![0])!, 8);
    }
  });

  it('flipped: a group goes against the rest by the size that it went with it', () => {
    const broken = given(breakdownMoves(TODAY, DEFAULT_BREAKDOWN));
    const flipped = broken.find((move) => move.name === 'majors against the rest −1')!.spots;
    expect(Math.sign(flipped.get('BTC')!)).toBe(Math.sign(flipped.get('ETH')!));
    for (const id of ['SOL', 'LINK', 'XRP', 'NEWCOIN'])
      expect(Math.sign(flipped.get(id)!)).toBe(-Math.sign(flipped.get('BTC')!));
  });

  it('refuse parameters out of range', () => {
    for (const bad of [
      { shifts: [2] },
      { sigmas: 0 },
      { volatilityLevel: 0 },
      { directions: 0.5 },
      { groups: [] },
    ]) {
      expect(isFailure(breakdownMoves(TODAY, { ...DEFAULT_BREAKDOWN, ...bad })), JSON.stringify(bad)).toBe(
        true,
      );
    }
    for (const bad of [{ moves: [-1] }, { depegs: [1.2] }, { volShock: 1 }, { moves: [NaN] }]) {
      expect(isFailure(stressSet(TODAY, { ...DEFAULT_STRESS, ...bad })), JSON.stringify(bad)).toBe(true);
    }
  });
});

import { exp } from '../../base/elementary.ts';
import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { DAY_MS, parseInstant } from '../../base/instant.ts';
import type { AssetId } from '../../product/product.ts';
import type { FactorModel } from '../factors.ts';
import type { Factor, ScenarioSet } from '../set.ts';
import { LONG_DAYS, SHORT_DAYS } from '../shocks.ts';
import { shocksOfMove } from '../spot-vol.ts';
import { STRESS_EVENTS, type StressEvent } from '../stress-days.ts';
import { type Breakdown, breakdownMoves, DEFAULT_BREAKDOWN } from './breakdown.ts';

export type StressSpec = {
  /** Simple returns of the root asset that did not happen; everything else follows by beta. 0: volatility moves alone. */
  readonly moves: readonly number[];
  /** Relative change of 30-day vol that goes down, or up at least, with such a move. */
  readonly volShock: number;
  /** Falls of one pegged asset alone (0.35 = −35 %). */
  readonly depegs: readonly number[];
  /** Fall of all assets pegged to the numeraire together, where there are two or more. */
  readonly depegTogether: number;
  readonly breakdown: Breakdown;
};

export const DEFAULT_STRESS: StressSpec = {
  moves: [-0.5, -0.35, -0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2, 0.35, 0.5],
  volShock: 0.35,
  depegs: [0.1, 0.35],
  depegTogether: 0.05,
  breakdown: DEFAULT_BREAKDOWN,
};

/** No follower of a leader falls further than this by beta alone. */
const FALL_MAX = -0.95;

/** One scenario before it is laid out: spot moves by asset, and what volatility does. */
export type StressCase = {
  readonly name: string;
  readonly spots: ReadonlyMap<AssetId, number>;
  /** `expected`: as the spot–vol model says; `turmoil`: as it would after a fall of the same size; a number: that volShort. */
  readonly vol: 'expected' | 'turmoil' | number;
};

/**
 * The stress block (SCENARIO-023 … SCENARIO-026): named real days that were over by the model's moment, moves that did not happen (each with volatility up and
 * down), pegs that break, and correlations that break at stressed volatility. Horizon one day, instantaneous.
 *
 * An asset without a figure in an event moves by beta times its leader (not below −95 %), pegged assets move with what they stand for; volatility,
 * skew and basis follow the spot by {@link shocksOfMove}. Refuses NUMBER_OUT_OF_RANGE for moves that no price can make.
 */
export function stressSet(model: FactorModel, spec: StressSpec = DEFAULT_STRESS): ScenarioSet | Failure {
  const refused = refuseStress(spec);
  if (refused !== null) return refused;
  const broken = breakdownMoves(model, spec.breakdown);
  if (isFailure(broken)) return broken;
  const cases: StressCase[] = [
    ...eventsBefore(model.asOfMs).map((event) => eventCase(model, event)),
    ...hypotheticalCases(model, spec),
    ...depegCases(model, spec),
    ...broken.map(({ name, spots }): StressCase => {
      return { name, spots: movesFrom(model, (asset) => spots.get(asset)), vol: 'turmoil' };
    }),
  ];
  return layOut(model, cases);
}

/** Events whose last day had ended by `asOfMs`: nobody may know one before. */
export function eventsBefore(asOfMs: number): StressEvent[] {
  return STRESS_EVENTS.filter((event) => parseInstant(event.lastDay)!.timeMs + DAY_MS <= asOfMs);
}

/** Spot moves of every factor in an event: its own figure, else what it is pegged to, else beta times the leader's. */
function eventMoves(model: FactorModel, event: StressEvent): Map<AssetId, number> {
  return movesFrom(model, (asset) => event.moves.get(asset));
}

function eventCase(model: FactorModel, event: StressEvent): StressCase {
  const name = `${event.lastDay} ${event.name}${event.measure === 'deepest' ? ', deepest 24 hours' : ''}`;
  return { name, spots: eventMoves(model, event), vol: 'expected' };
}

function hypotheticalCases(model: FactorModel, spec: StressSpec): StressCase[] {
  return spec.moves.flatMap((move): StressCase[] => {
    const spots = movesFrom(model, (asset) => (asset === model.root ? move : undefined));
    const name = `${model.root} ${percent(move)}`;
    return [
      { name: `${name}, vol up`, spots, vol: 'turmoil' },
      { name: `${name}, vol down`, spots, vol: -spec.volShock },
    ];
  });
}

function depegCases(model: FactorModel, spec: StressSpec): StressCase[] {
  const cases: StressCase[] = [];
  const assets = [...model.pegs.keys()].sort();
  for (const asset of assets) {
    for (const fall of spec.depegs) {
      cases.push({
        name: `${asset} off its peg ${percent(-fall)}`,
        spots: new Map([[asset, -fall]]),
        vol: 0,
      });
    }
  }
  const stables = assets.filter((asset) => model.pegs.get(asset) === null);
  if (stables.length > 1) {
    const spots = new Map(stables.map((asset) => [asset, -spec.depegTogether]));
    cases.push({ name: `all pegs ${percent(-spec.depegTogether)}`, spots, vol: 0 });
  }
  return cases;
}

function movesFrom(model: FactorModel, given: (asset: AssetId) => number | undefined): Map<AssetId, number> {
  const moves = new Map<AssetId, number>();
  const moveOf = (asset: AssetId): number => {
    const own = given(asset);
    if (own !== undefined) return own;
    const target = model.pegs.get(asset);
    if (target !== undefined) return target === null ? 0 : moveOf(target);
    const follower = model.followers.get(asset);
    if (follower === undefined || follower.leader === null) return 0;
    return Math.max(FALL_MAX, follower.beta * moveOf(follower.leader));
  };
  for (const { asset, kind } of model.factors) if (kind === 'spot') moves.set(asset, moveOf(asset));
  return moves;
}

function layOut(model: FactorModel, cases: readonly StressCase[]): ScenarioSet {
  const count = cases.length;
  const shocks = new Float64Array(model.factors.length * count);
  for (const [f, factor] of model.factors.entries()) {
    const calm = model.calms.get(factor.asset) ?? 1;
    for (const [s, stress] of cases.entries()) shocks[f * count + s] = shockOf(factor, stress, calm);
  }
  const names = cases.map((stress) => stress.name);
  return { id: 'stress', family: 'stress', horizonDays: 1, count, names, factors: model.factors, shocks };
}

function shockOf(factor: Factor, { spots, vol }: StressCase, calm: number): number {
  const spot = spots.get(factor.asset) ?? 0;
  if (factor.kind === 'spot') return spot;
  const expected = shocksOfMove(spot, calm);
  if (factor.kind === 'skew' || factor.kind === 'basis') return expected[factor.kind];
  if (vol === 'expected') return expected[factor.kind];
  if (vol === 'turmoil') return shocksOfMove(spot > 0 ? 1 / (1 + spot) - 1 : spot, calm)[factor.kind];
  return factor.kind === 'volShort' ? vol : vol * LONG_SHARE;
}

/** 180-day vol moves like the square root of time when 30-day vol is set by hand. */
const LONG_SHARE = Math.sqrt(SHORT_DAYS / LONG_DAYS);

function percent(move: number): string {
  const tenths = Math.round(Math.abs(move) * 1000);
  const text = tenths % 10 === 0 ? String(tenths / 10) : `${Math.floor(tenths / 10)}.${tenths % 10}`;
  return `${move < 0 ? '−' : '+'}${text} %`;
}

function refuseStress(spec: StressSpec): Failure | null {
  const falls = [...spec.depegs, spec.depegTogether].map((fall) => -fall);
  for (const move of [...spec.moves, ...falls]) {
    if (move > -1 && move < exp(4)) continue;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'moves',
      value: move,
      expected: 'a simple return above −1',
    });
  }
  if (spec.volShock > 0 && spec.volShock < 1) return null;
  return refuse('NUMBER_OUT_OF_RANGE', {
    field: 'volShock',
    value: spec.volShock,
    expected: 'between 0 and 1',
  });
}

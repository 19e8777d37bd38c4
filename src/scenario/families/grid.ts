import { type Failure, refuse } from '../../base/failure.ts';
import type { AssetId } from '../../product/product.ts';
import type { Factor } from '../set.ts';
import type { RuledSet, SetRules } from '../shocks.ts';

/**
 * One row of a grid. `spot`: return as a multiple of the asset's range (`range`) or as a simple return (`absolute`).
 * `pnlScale` dampens far moves. `skew`: tilt of the smile, or both wings up, by the grid's `skewShock`.
 */
export type GridScenario = {
  readonly spot: number;
  readonly unit: 'range' | 'absolute';
  readonly vol: 'up' | 'flat' | 'down';
  readonly pnlScale: number;
  readonly skew: 'none' | 'tilt' | 'wings';
};

export type GridSpec = {
  readonly scenarios: readonly GridScenario[];
  /** Largest ordinary move per asset, simple return; others take `rangeFrac`. */
  readonly ranges: Readonly<Record<AssetId, number>>;
  readonly rangeFrac: number;
  /** Relative change of 30-day vol: ×(1 + volUp), ×(1 − volDown), at d days times (30/d)^power. */
  readonly volUp: number;
  readonly volDown: number;
  readonly powerShort: number;
  readonly powerLong: number;
  readonly daysMin: number;
  readonly volMin: number;
  /** Vol per k / √τ. */
  readonly skewShock: number;
};

/** What a far move charges of the notional, whatever its size. */
const FAR_LOSS = 0.036;

/**
 * Seven steps over the range with volatility up, flat and down, four far moves, of which a share of the range is charged, and two
 * skew rows. Powers, volatility range and damping have the size that portfolio-margin venues publish.
 */
export const DEFAULT_GRID: GridSpec = {
  scenarios: [
    ...[-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1].flatMap((spot) =>
      (['up', 'flat', 'down'] as const).map((vol): GridScenario => row(spot, vol)),
    ),
    ...[-0.66, -0.33, 0.5, 1].map((spot): GridScenario => far(spot)),
    { ...row(0, 'flat'), skew: 'tilt' },
    { ...row(0, 'flat'), skew: 'wings' },
  ],
  ranges: { BTC: 0.15, ETH: 0.18 },
  rangeFrac: 0.25,
  volUp: 0.5,
  volDown: 0.275,
  powerShort: 0.3,
  powerLong: 0.13,
  daysMin: 1,
  volMin: 0.1,
  skewShock: 0.05,
};

function row(spot: number, vol: GridScenario['vol']): GridScenario {
  return { spot, unit: 'range', vol, pnlScale: 1, skew: 'none' };
}

function far(spot: number): GridScenario {
  return { spot, unit: 'absolute', vol: 'up', pnlScale: FAR_LOSS / Math.abs(spot), skew: 'none' };
}

/**
 * A grid over the given factors (SCENARIO-027): in scenario s every asset makes the s-th move of its own range at once, so that each underlying is
 * scanned by the same rows and a method can net underlyings or not. Assets pegged to the numeraire and bases stay where they are; what is pegged to a coin
 * (`pegs`) moves as the coin does. The set carries
 * its rules: 30-day power law of volatility, volatility floor, damping. Refuses NUMBER_OUT_OF_RANGE.
 */
export function gridSet(
  factors: readonly Factor[],
  spec: GridSpec,
  pegs: ReadonlyMap<AssetId, AssetId | null>,
): RuledSet | Failure {
  const refused = refuseGrid(spec);
  if (refused !== null) return refused;
  const count = spec.scenarios.length;
  const shocks = new Float64Array(factors.length * count);
  for (const [f, factor] of factors.entries()) {
    const asset = pegs.has(factor.asset) ? pegs.get(factor.asset)! : factor.asset;
    if (asset === null) continue;
    const range = Object.hasOwn(spec.ranges, asset) ? spec.ranges[asset]! : spec.rangeFrac;
    for (const [s, scenario] of spec.scenarios.entries()) {
      shocks[f * count + s] = gridShock(factor.kind, { scenario, range, spec });
    }
  }
  const rules: SetRules = {
    volPower: { short: spec.powerShort, long: spec.powerLong, daysMin: spec.daysMin },
    volMin: spec.volMin,
    skewForms: Uint8Array.from(spec.scenarios, (scenario) => (scenario.skew === 'wings' ? 1 : 0)),
    pnlScales: Float64Array.from(spec.scenarios, (scenario) => scenario.pnlScale),
  };
  const names = spec.scenarios.map(nameOf);
  return { id: 'grid', family: 'grid', horizonDays: 1, count, names, factors, shocks, rules };
}

type GridCell = { readonly scenario: GridScenario; readonly range: number; readonly spec: GridSpec };

function gridShock(kind: Factor['kind'], { scenario, range, spec }: GridCell): number {
  switch (kind) {
    case 'spot':
      return scenario.unit === 'range' ? scenario.spot * range : scenario.spot;
    case 'volShort':
    case 'volLong':
      return scenario.vol === 'up' ? spec.volUp : scenario.vol === 'down' ? -spec.volDown : 0;
    case 'skew':
      return scenario.skew === 'none' ? 0 : spec.skewShock;
    case 'basis':
      return 0;
  }
}

function nameOf({ spot, unit, vol, skew }: GridScenario): string {
  const hundredths = Math.round(100 * spot);
  const move = unit === 'range' ? `${hundredths} % of range` : `${hundredths} %`;
  return `spot ${move}, vol ${vol}${skew === 'none' ? '' : `, skew ${skew}`}`;
}

function refuseGrid(spec: GridSpec): Failure | null {
  const out = (field: string, value: unknown, expected: string): Failure =>
    refuse('NUMBER_OUT_OF_RANGE', { field, value, expected });
  for (const [s, { spot, unit, pnlScale }] of spec.scenarios.entries()) {
    const least = unit === 'absolute' ? spot : spot * Math.max(spec.rangeFrac, ...Object.values(spec.ranges));
    if (!(least > -1 && least < 100)) return out(`scenarios[${s}].spot`, spot, 'a return above −1');
    if (!(pnlScale >= 0 && pnlScale <= 1)) return out(`scenarios[${s}].pnlScale`, pnlScale, 'from 0 to 1');
  }
  if (!(spec.volUp >= 0 && spec.volUp < 100)) return out('volUp', spec.volUp, 'at least 0');
  if (!(spec.volDown >= 0 && spec.volDown < 1)) return out('volDown', spec.volDown, 'from 0 to below 1');
  if (!(spec.daysMin > 0)) return out('daysMin', spec.daysMin, 'above 0');
  if (!(spec.volMin >= 0 && spec.volMin < 100)) return out('volMin', spec.volMin, 'at least 0');
  const finite = [spec.powerShort, spec.powerLong, spec.skewShock, spec.rangeFrac].every(Number.isFinite);
  return finite
    ? null
    : refuse('NUMBER_NOT_FINITE', { field: 'grid', value: JSON.stringify(spec), expected: 'finite' });
}

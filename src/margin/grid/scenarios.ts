import type { GridScenario, VolMove } from './model.ts';

const MOVE_NAMES: Readonly<Record<VolMove, string>> = {
  up: 'vol up',
  down: 'vol down',
  none: 'vol unchanged',
  linear: 'linear skew',
  absolute: 'absolute skew',
};

function percent(frac: number): string {
  const value = Math.round(frac * 1e6) / 1e4;
  return `${value > 0 ? '+' : ''}${value} %`;
}

/** `spot +4.5 %, vol up`. */
export function scenarioName(spotShock: number, volMove: VolMove): string {
  return `spot ${percent(spotShock - 1)}, ${MOVE_NAMES[volMove]}`;
}

/** One scenario at full weight and no time passing, named by its moves. */
export function gridScenario(spotShock: number, volMove: VolMove): GridScenario {
  return { name: scenarioName(spotShock, volMove), spotShock, volMove, dampening: 1, secondsForward: 0 };
}

/**
 * The price range in `2 · stepsPerSide + 1` evenly spaced points from top to bottom, each with every vol move; at the two
 * ends only `endVolMoves`. `rangeFrac` 0.18 is ±18 %.
 */
export function rangeScenarios(of: {
  readonly rangeFrac: number;
  readonly stepsPerSide: number;
  readonly volMoves: readonly VolMove[];
  readonly endVolMoves: readonly VolMove[];
}): readonly GridScenario[] {
  const scenarios: GridScenario[] = [];
  for (let step = of.stepsPerSide; step >= -of.stepsPerSide; step -= 1) {
    const moves = Math.abs(step) === of.stepsPerSide ? of.endVolMoves : of.volMoves;
    // Rounded so that 9 % is 1.09 whichever way the step divides.
    const spotShock = Math.round((1 + (of.rangeFrac * step) / of.stepsPerSide) * 1e12) / 1e12;
    for (const volMove of moves) scenarios.push(gridScenario(spotShock, volMove));
  }
  return scenarios;
}

/** Far moves with vol up, each dampened to `dampedRangeFrac` / |move| (at most 1). −0.66 is −66 %. */
export function tailScenarios(
  movesFrac: readonly number[],
  dampedRangeFrac: number,
): readonly GridScenario[] {
  return movesFrac.map((move) => ({
    ...gridScenario(1 + move, 'up'),
    dampening: Math.min(1, dampedRangeFrac / Math.abs(move)),
  }));
}

import { type Failure, refuse } from '../../base/failure.ts';
import type { GridModel, GridScenario } from './model.ts';

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(allFinite);
}

function judgeScenario(scenario: GridScenario, model: GridModel): Failure | null {
  const { name, spotShock, dampening, secondsForward, volMove } = scenario;
  const wrong = (field: string, value: number): Failure =>
    refuse('NUMBER_OUT_OF_RANGE', { field: `${name}.${field}`, value, expected: 'finite and at least 0' });
  if (!(spotShock >= 0) || spotShock === Infinity) return wrong('spotShock', spotShock);
  if (!(dampening >= 0) || dampening === Infinity) return wrong('dampening', dampening);
  if (!(secondsForward >= 0) || secondsForward === Infinity) return wrong('secondsForward', secondsForward);
  if ((volMove === 'linear' || volMove === 'absolute') && model.skew === null) {
    return refuse('SHAPE_INVALID', { field: 'skew', value: null, expected: `skew parameters for ${name}` });
  }
  return null;
}

/** The first thing wrong with a model (SHAPE_INVALID, NUMBER_NOT_FINITE, NUMBER_OUT_OF_RANGE), or null. */
export function judgeGridModel(model: GridModel): Failure | null {
  if (model.scenarios.length === 0) {
    return refuse('SHAPE_INVALID', { field: 'scenarios', value: '[]', expected: 'at least one scenario' });
  }
  for (const scenario of model.scenarios) {
    const failure = judgeScenario(scenario, model);
    if (failure !== null) return failure;
  }
  const { scenarios: _, crossUnderlying: __, ...numbers } = model;
  for (const [field, value] of Object.entries(numbers)) {
    if (!allFinite(value)) {
      return refuse('NUMBER_NOT_FINITE', { field, value: JSON.stringify(value), expected: 'finite numbers' });
    }
  }
  return null;
}

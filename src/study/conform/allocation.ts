import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { parseLevel } from '../../base/level.ts';
import type { Level } from '../../base/level.ts';
import {
  allocateShortfall,
  allocateValueAtRisk,
  incrementalShortfalls,
  standaloneShortfalls,
  sumPnl,
} from '../../margin/allocation.ts';
import { allocateCovariance } from '../../margin/allocation-parametric.ts';
import type { ParametricAllocation } from '../../margin/allocation-parametric.ts';
import type { TailLaw } from '../../margin/tail-parametric.ts';
import { compare, compareEach, fail } from './compare.ts';
import {
  objectsWith,
  listOf,
  matrixOf,
  numberOf,
  objectOf,
  rowsOf,
  textOf,
  toleranceAfter,
  vectorOf,
} from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';

type Book = {
  readonly name: string;
  readonly positions: readonly Float64Array[];
  readonly level: Level;
  readonly tolerance: number;
};

/** One P&L vector a position, from a matrix of one row a scenario. */
function positionsOf(set: Json): readonly Float64Array[] {
  const rows = listOf(set['pnl']).map(vectorOf);
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, p) => Float64Array.from(rows, (row) => row[p]!));
}

/** Deviations count in units of the total, the measure that the file suggests. */
function* compareTo(
  book: Book,
  scale: number,
  fields: Readonly<Record<string, { actual: number | ArrayLike<number> | Failure; expected: unknown }>>,
): Iterable<ConformCase> {
  const { name, tolerance } = book;
  for (const [field, { actual, expected }] of Object.entries(fields)) {
    const common = { name, field, tolerance, scale };
    if (typeof actual === 'number' || isFailure(actual)) yield compare({ ...common, actual, expected });
    else yield* compareEach(common, actual, listOf(expected));
  }
}

function* runShortfall(row: Json, book: Book): Iterable<ConformCase> {
  const averaged = allocateShortfall(book.positions, book.level, 'averaged');
  const ordered = allocateShortfall(book.positions, book.level, 'scenario-index');
  const pnl = sumPnl(book.positions);
  if (isFailure(averaged) || isFailure(ordered) || isFailure(pnl))
    return yield fail(book.name, 'es', 'refused');
  const scale = Math.max(Math.abs(averaged.total), Number.MIN_VALUE);
  const alone = standaloneShortfalls(book.positions, book.level);
  const sum = isFailure(alone) ? alone : alone.reduce((total, x) => total + x, 0) - averaged.total;
  const cut = pnl[ordered.tail.scenarios[ordered.tail.scenarios.length - 1]!]!;
  yield* compareTo(book, scale, {
    es: { actual: ordered.total, expected: row['es'] },
    es_components_ties_averaged: {
      actual: averaged.components,
      expected: row['es_components_ties_averaged'],
    },
    es_components_ties_input_order: {
      actual: ordered.components,
      expected: row['es_components_ties_input_order'],
    },
    scenarios_tied_at_the_cut: {
      actual: pnl.filter((x) => x === cut).length,
      expected: row['scenarios_tied_at_the_cut'],
    },
    standalone_es: { actual: alone, expected: row['standalone_es'] },
    incremental_es: {
      actual: incrementalShortfalls(book.positions, book.level),
      expected: row['incremental_es'],
    },
    diversification: { actual: sum, expected: row['diversification'] },
    es_sum_check: {
      actual: averaged.components.reduce((total, x) => total + x, 0) - averaged.total,
      expected: row['es_sum_check'],
    },
  });
  const weights = new Map<string, number>();
  averaged.tail.scenarios.forEach((s, k) => weights.set(String(s), averaged.tail.weights[k]!));
  const stated = objectOf(row['tail_weights']);
  for (const s of new Set([...weights.keys(), ...Object.keys(stated)]))
    yield compare({
      name: book.name,
      field: `tail_weights.${s}`,
      actual: weights.get(s) ?? 0,
      expected: stated[s] ?? 0,
      tolerance: book.tolerance,
    });
}

/** Central differences of the reference, good to five digits where the cut is unique. */
function* runDerivative(row: Json, book: Book): Iterable<ConformCase> {
  const slopes = listOf(row['derivative_check']);
  const averaged = allocateShortfall(book.positions, book.level, 'averaged');
  if (slopes.length === 0 || isFailure(averaged)) return;
  const common = {
    name: book.name,
    field: 'derivative_check',
    tolerance: 1e-5,
    scale: Math.abs(averaged.total),
  };
  yield* compareEach(common, averaged.components, slopes);
}

function* runVar(row: Json, book: Book): Iterable<ConformCase> {
  const allocation = allocateValueAtRisk(book.positions, book.level, 'nearest-rank');
  const pnl = sumPnl(book.positions);
  if (isFailure(allocation) || isFailure(pnl)) return yield fail(book.name, 'var_type1', 'refused');
  yield* compareTo(book, Math.max(Math.abs(allocation.total), Number.MIN_VALUE), {
    var_type1: { actual: allocation.total, expected: row['var_type1'] },
    var_scenario_0_based: { actual: allocation.scenario, expected: row['var_scenario_0_based'] },
    var_scenarios_tied: {
      actual: pnl.filter((x) => 0 - x === allocation.total).length,
      expected: row['var_scenarios_tied'],
    },
    var_components: { actual: allocation.components, expected: row['var_components'] },
  });
}

/** The fields of a parametric row that belong to one law, and what they are called on our side. */
function parametricFields(
  suffix: { readonly var: string; readonly component: string },
  parts: ParametricAllocation,
): Readonly<Record<string, number | ArrayLike<number>>> {
  return {
    sd: parts.sd,
    [`var_${suffix.var}`]: parts.valueAtRisk,
    [`es_${suffix.component}`]: parts.expectedShortfall,
    [`marginal_var_${suffix.component}`]: parts.marginalVar,
    [`component_var_${suffix.component}`]: parts.componentVar,
    [`component_es_${suffix.component}`]: parts.componentShortfall,
    [`individual_var_${suffix.component}`]: parts.standaloneVar,
    [`incremental_var_${suffix.component}`]: parts.incrementalVar,
  };
}

/** Degrees of freedom of the Student-t fields in a row, from their names (`es_t4`). */
function degreesOf(row: Json): readonly number[] {
  const found = Object.keys(row).map((key) => /^es_t(\d+)$/.exec(key)?.[1]);
  return found.filter((text) => text !== undefined).map(Number);
}

function* runParametric(row: Json, tolerance: number): Iterable<ConformCase> {
  const name = `${textOf(row['name'])} ${textOf(row['confidence'])}`;
  const level = parseLevel(textOf(row['confidence']), 'confidence');
  if (isFailure(level)) return yield fail(name, 'confidence', level.failure);
  const book = { weights: vectorOf(row['weights']), covariance: matrixOf(row['covariance']) };
  const laws: { law: TailLaw; suffix: { var: string; component: string } }[] = [
    { law: { kind: 'normal' }, suffix: { var: 'normal', component: 'normal' } },
    ...degreesOf(row).map((nu) => ({
      law: { kind: 'student-t', degreesOfFreedom: nu } as const,
      suffix: { var: `t${nu}_unit_variance`, component: `t${nu}` },
    })),
  ];
  for (const { law, suffix } of laws) {
    const parts = allocateCovariance(book, law, level);
    if (isFailure(parts)) {
      yield fail(name, suffix.var, parts.failure);
      continue;
    }
    for (const [field, actual] of Object.entries(parametricFields(suffix, parts))) {
      if (!(field in row)) continue;
      if (typeof actual === 'number') yield compare({ name, field, actual, expected: row[field], tolerance });
      else {
        const scale = field.startsWith('marginal') ? {} : { scale: parts.valueAtRisk };
        yield* compareEach({ name, field, tolerance, ...scale }, actual, listOf(row[field]));
      }
    }
  }
}

/** The textbook example that the header quotes, its figures rounded there to whole dollars. */
function* runJorion(json: Json): Iterable<ConformCase> {
  const row = objectOf(objectOf(objectOf(json['header'])['crosschecks'])['published']);
  const weights = vectorOf(row['weights']);
  const sd = vectorOf(row['sd']);
  if (weights.length === 0 || sd.length !== weights.length) return;
  const covariance = new Float64Array(sd.length * sd.length);
  sd.forEach((x, i) => (covariance[i * sd.length + i] = x * x));
  const level = parseLevel('0.95', 'level');
  const parts = isFailure(level)
    ? level
    : allocateCovariance({ weights, covariance }, { kind: 'normal' }, level);
  if (isFailure(parts)) return yield fail('published example', 'weights', parts.failure);
  const z = numberOf(row['z']);
  const components = parts.componentVar.map((x) => (x / parts.valueAtRisk) * z * parts.sd);
  const common = { name: 'published example', tolerance: 1e-9 };
  yield compare({
    ...common,
    field: 'recomputed_var',
    actual: z * parts.sd,
    expected: row['recomputed_var'],
  });
  yield* compareEach(
    { ...common, field: 'recomputed_components' },
    components,
    listOf(row['recomputed_components']),
  );
  const rounded = { name: 'published example', tolerance: 1, scale: 1 };
  yield compare({ ...rounded, field: 'published_var', actual: z * parts.sd, expected: row['published_var'] });
  yield* compareEach(
    { ...rounded, field: 'published_components' },
    components,
    listOf(row['published_components']),
  );
}

function* runFile(json: Json): Iterable<ConformCase> {
  const tolerance = toleranceAfter(objectOf(json['header'])['suggested_tolerance'], '', 1e-9);
  for (const row of rowsOf(json['cases'])) {
    const level = parseLevel(textOf(row['confidence']), 'confidence');
    const name = `${textOf(row['set'])} ${textOf(row['confidence'])}`;
    if (isFailure(level)) {
      yield fail(name, 'confidence', level.failure);
      continue;
    }
    const positions = positionsOf(objectOf(objectOf(json['sets'])[textOf(row['set'])]));
    const book = { name, positions, level, tolerance };
    yield* runShortfall(row, book);
    yield* runDerivative(row, book);
    yield* runVar(row, book);
  }
  for (const row of rowsOf(json['parametric'])) yield* runParametric(row, tolerance);
  yield* runJorion(json);
}

const LISTS = {
  own: ['sets'],
  shared: ['cases', 'parametric'],
};

function* run(input: ConformInput): Iterable<ConformCase> {
  const found = objectsWith(input.files, LISTS);
  if (found.length === 0) yield fail('allocation', 'file', 'no JSON file with a list of allocation cases');
  for (const json of found) yield* runFile(json);
}

/** Risk allocation. */
export const ALLOCATION_SUITE: ConformSuite = {
  id: 'allocation',
  about: 'Euler, incremental and standalone contributions against exact rational arithmetic and scipy.',
  run,
};

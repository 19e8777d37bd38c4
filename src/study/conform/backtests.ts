import {
  compareClosedForms,
  compareFirstFailure,
  compareIndependence,
  compareJorion,
  comparePof,
  comparePublishedTrafficLight,
  compareRegion,
  compareTrafficLight,
  compareZoneBounds,
} from './backtests-coverage.ts';
import { refused } from './backtests-compare.ts';
import { compareReal, compareTailMean, realSeriesIn } from './backtests-real.ts';
import { comparePattern } from './backtests-series.ts';
import { compareBruteForce, compareCriticalValues, rememberLaws } from './backtests-simulation.ts';
import { listOf, parseObject, rowsOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';

type Comparer = (row: Json, name: string) => Iterable<ConformCase>;

/** What tells the rows of a list apart, in the order of the name. */
const LABELS = [
  'name',
  'model',
  'distribution',
  'T',
  'window',
  'x',
  'v',
  'p',
  'alpha',
  'confidence',
  'exceptions',
];

function nameRow(list: string, row: Json, position: number): string {
  const words = LABELS.flatMap((label) =>
    row[label] === undefined ? [] : [`${label}=${String(row[label])}`],
  );
  return `${list}[${position}] ${words.join(' ')}`.trim();
}

/** What compares each list (or single record) of the file. */
function listComparers(file: Json): ReadonlyMap<string, Comparer> {
  const series = realSeriesIn(file);
  const laws = rememberLaws();
  const rows = rowsOf(file['acerbi_szekely_critical_values']);
  return new Map<string, Comparer>([
    ['pof', comparePof],
    ['kupiec_regions', compareRegion],
    ['jorion', compareJorion],
    ['independence', compareIndependence],
    ['tuff', compareFirstFailure],
    ['traffic_light_250', compareTrafficLight],
    ['traffic_light_published', comparePublishedTrafficLight],
    ['traffic_light_other', compareZoneBounds],
    ['patterns', comparePattern],
    ['real', (row, name) => compareReal(row, name, { series, laws })],
    ['acerbi_szekely_critical_values', (row, name) => compareCriticalValues(row, name, laws)],
    ['acerbi_szekely_brute_force_check', (row, name) => compareBruteForce(row, name, { laws, rows })],
    ['costanzino_curran', (row, name) => compareTailMean(row, name, series)],
  ]);
}

/** The cases of a row, or a failed one where the row has nothing that the suite compares. */
function* compareRowOf(
  list: string,
  found: unknown,
  context: { position: number; compareRow: Comparer },
): Iterable<ConformCase> {
  const [row] = rowsOf([found]);
  if (row === undefined) return yield refused(`${list}[${context.position}]`, 'not a JSON object');
  const name = nameRow(list, row, context.position);
  let compared = 0;
  for (const one of context.compareRow(row, name)) {
    compared += 1;
    yield one;
  }
  if (compared === 0) yield refused(name, 'no field that the suite compares');
}

function* compareFile(file: Json, fileName: string): Iterable<ConformCase> {
  let rows = 0;
  for (const [list, compareRow] of listComparers(file)) {
    const found = file[list];
    if (found === undefined) continue;
    for (const [position, row] of (Array.isArray(found) ? listOf(found) : [found]).entries()) {
      rows += 1;
      yield* compareRowOf(list, row, { position, compareRow });
    }
  }
  if (rows === 0) yield refused(fileName, 'no list that the suite knows');
}

function* run(input: ConformInput): Iterable<ConformCase> {
  yield* compareClosedForms();
  for (const { name, text } of input.files) {
    const file = parseObject(text);
    if (file === null) yield refused(name, 'not a JSON object');
    else yield* compareFile(file, name);
  }
}

/** Backtests of value-at-risk and expected shortfall against scipy, statsmodels, rugarch, GAS and published tables. */
export const BACKTESTS_SUITE: ConformSuite = {
  id: 'backtests',
  about:
    'Coverage, independence, duration, quantile and shortfall tests: closed forms to 1e-9 of the reference, simulated numbers within 4.5 combined standard errors.',
  run,
};

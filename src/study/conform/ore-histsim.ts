import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { complement, parseLevel } from '../../base/level.ts';
import { expectedShortfallBy, valueAtRiskBy } from '../../margin/tail-quantiles.ts';
import { compare, fail } from './compare.ts';
import { columnAt, folderOf, isNamed, numberIn, parseTable, probabilityColumns } from './ore-table.ts';
import type { Table } from './ore-table.ts';
import type { ConformCase, ConformFile, ConformInput, ConformSuite } from './suite.ts';

/** Absolute below 1, relative above: both reports print six decimals. */
const TOLERANCE = 1e-6;
const KEYS = ['Portfolio', 'RiskClass', 'RiskType'];

type Pair = { readonly pnl: ConformFile; readonly risk: ConformFile };

/** Folders that hold both reports; where several do, those called HistSimVar if there is one. */
function pairsIn(files: readonly ConformFile[]): readonly Pair[] {
  const pairs = files
    .filter((file) => isNamed(file, 'historical_PnL.csv'))
    .flatMap((pnl) => {
      const folder = folderOf(pnl.name);
      const risk = files.find((file) => isNamed(file, 'var.csv') && folderOf(file.name) === folder);
      return risk === undefined ? [] : [{ pnl, risk }];
    });
  const named = pairs.filter(({ pnl }) => /(^|\/)histsimvar$/i.test(folderOf(pnl.name)));
  return named.length > 0 ? named : pairs;
}

function keyOf(table: Table, row: readonly string[]): string {
  return KEYS.map((name) => row[columnAt(table, name)] ?? '').join(' / ');
}

/** P&L per series, in the order of the report; dates that repeat are all kept. */
function seriesIn(table: Table): ReadonlyMap<string, Float64Array> {
  const at = columnAt(table, 'PLAmount');
  const lists = new Map<string, number[]>();
  for (const row of table.rows) {
    const key = keyOf(table, row);
    const list = lists.get(key) ?? [];
    list.push(numberIn(row[at]) ?? Number.NaN);
    lists.set(key, list);
  }
  return new Map([...lists].map(([key, list]) => [key, Float64Array.from(list)]));
}

/**
 * The reports state quantiles of the P&L (a loss is negative): at p the ⌈n·p⌉-th smallest, and the mean of all up to it, for every p.
 * Ours are losses at the level 1 − p.
 */
function quantile(pnl: Float64Array, probability: string, what: 'quantile' | 'mean below'): number | Failure {
  const p = parseLevel(probability, 'p');
  if (isFailure(p)) return p;
  const risk =
    what === 'quantile'
      ? valueAtRiskBy(pnl, complement(p), 'worst-ceil')
      : expectedShortfallBy(pnl, complement(p), 'worst-ceil');
  return isFailure(risk) ? risk : 0 - risk;
}

function* runPair({ pnl, risk }: Pair): Iterable<ConformCase> {
  const history = parseTable(pnl.text);
  const report = parseTable(risk.text);
  if (columnAt(history, 'PLAmount') < 0) return yield fail(pnl.name, 'PLAmount', 'no such column');
  const series = seriesIn(history);
  const columns = [
    ...probabilityColumns(report, 'Quantile').map((column) => ({ ...column, what: 'quantile' as const })),
    ...probabilityColumns(report, 'ExpectedShortfall').map((column) => ({
      ...column,
      what: 'mean below' as const,
    })),
  ];
  if (columns.length === 0) return yield fail(risk.name, 'Quantile', 'no such column');
  for (const row of report.rows) {
    const key = keyOf(report, row);
    const own = series.get(key);
    for (const { at, name, probability, what } of columns) {
      const expected = numberIn(row[at]);
      if (own === undefined) yield fail(key, name, 'no P&L of this series');
      else {
        const scale = Math.max(1, Math.abs(expected ?? 0));
        const actual = quantile(own, probability, what);
        yield compare({ name: key, field: name, actual, expected, tolerance: TOLERANCE, scale });
      }
    }
  }
}

function* run(input: ConformInput): Iterable<ConformCase> {
  const pairs = pairsIn(input.files);
  if (pairs.length === 0) yield fail('ore-histsim', 'files', 'no folder with historical_PnL.csv and var.csv');
  for (const pair of pairs) yield* runPair(pair);
}

/** Open Source Risk Engine, historical simulation. */
export const ORE_HISTSIM_SUITE: ConformSuite = {
  id: 'ore-histsim',
  about:
    'Quantiles and expected shortfalls of a P&L history against the reports of the Open Source Risk Engine.',
  run,
};

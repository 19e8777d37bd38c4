import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { complement, parseLevel } from '../../base/level.ts';
import { deltaGammaTail } from '../../margin/delta-gamma.ts';
import type { QuadraticBook } from '../../margin/delta-gamma.ts';
import { compare, fail } from './compare.ts';
import { gatherBook, isAll, readCovariance, readSensitivities } from './ore-sensitivities.ts';
import type { Covariance, Sensitivity } from './ore-sensitivities.ts';
import { readPortfolios } from './ore-portfolio.ts';
import type { Portfolios } from './ore-portfolio.ts';
import { columnAt, isNamed, nearest, numberIn, parseTable, probabilityColumns } from './ore-table.ts';
import type { ConformCase, ConformFile, ConformInput, ConformSuite } from './suite.ts';

/** Absolute below 1, relative above: the report prints six decimals. */
const TOLERANCE = 1e-6;
const WORD = 'parametricvar';

type Sources = {
  readonly report: ConformFile;
  readonly covariance: ConformFile;
  readonly sensitivity: ConformFile;
  readonly portfolio: ConformFile;
};

/** The report is the one in a folder called ParametricVar, or the one without expected shortfalls; the rest lies near the covariance. */
function findSources(files: readonly ConformFile[]): Sources | string {
  const reports = files.filter((file) => isNamed(file, 'var.csv'));
  const plain = reports.filter(
    (file) => probabilityColumns(parseTable(file.text), 'ExpectedShortfall').length === 0,
  );
  const covariances = files.filter((file) => isNamed(file, 'covariance.csv'));
  const report = nearest(plain.length > 0 ? plain : reports, WORD, covariances[0]?.name ?? '');
  if (report === null) return 'var.csv';
  const covariance = nearest(covariances, WORD, report.name);
  if (covariance === null) return 'covariance.csv';
  const near = (base: string): ConformFile | null =>
    nearest(
      files.filter((file) => isNamed(file, base)),
      WORD,
      covariance.name,
    );
  const sensitivity = near('sensitivity.csv');
  const portfolio = near('portfolio.xml');
  if (sensitivity === null) return 'sensitivity.csv';
  return portfolio === null ? 'portfolio.xml' : { report, covariance, sensitivity, portfolio };
}

type Data = {
  readonly sensitivities: readonly Sensitivity[];
  readonly covariance: Covariance;
  readonly portfolios: Portfolios;
  /** True where the report has a row of its own for the sum of all portfolios. */
  readonly sumIsNamed: boolean;
};

/** Whether a trade belongs to a row: to its portfolio, or, for the sum, to any; unnamed trades only to a nameless row beside a sum. */
function belongs(trade: string, portfolio: string, { portfolios, sumIsNamed }: Data): boolean {
  const ids = portfolios.get(trade) ?? [];
  if (isAll(portfolio) || (portfolio === '' && !sumIsNamed)) return ids.length > 0;
  return portfolio === '' ? ids.length === 0 : ids.includes(portfolio);
}

/** The report states quantiles of the P&L; ours are losses at the level 1 − p. */
function quantile(book: QuadraticBook, probability: string): number | Failure {
  const p = parseLevel(probability, 'p');
  const risk = isFailure(p) ? p : deltaGammaTail(book, complement(p));
  return isFailure(risk) ? risk : 0 - risk.valueAtRisk;
}

function* runReport(report: ConformFile, data: Omit<Data, 'sumIsNamed'>): Iterable<ConformCase> {
  const table = parseTable(report.text);
  const columns = probabilityColumns(table, 'Quantile');
  if (columns.length === 0) return yield fail(report.name, 'Quantile', 'no such column');
  const cell = (row: readonly string[], name: string): string => row[columnAt(table, name)] ?? '';
  const sumIsNamed = table.rows.some((row) => isAll(cell(row, 'Portfolio')));
  for (const row of table.rows) {
    const portfolio = cell(row, 'Portfolio');
    const filter = { riskClass: cell(row, 'RiskClass'), riskType: cell(row, 'RiskType') };
    const own = data.sensitivities.filter(({ trade }) => belongs(trade, portfolio, { ...data, sumIsNamed }));
    const book = gatherBook(own, filter, data.covariance);
    const name = [portfolio, filter.riskClass, filter.riskType].join(' / ');
    for (const { at, name: field, probability } of columns) {
      const expected = numberIn(row[at]);
      const scale = Math.max(1, Math.abs(expected ?? 0));
      yield compare({
        name,
        field,
        actual: quantile(book, probability),
        expected,
        tolerance: TOLERANCE,
        scale,
      });
    }
  }
}

function* run(input: ConformInput): Iterable<ConformCase> {
  const sources = findSources(input.files);
  if (typeof sources === 'string') return yield fail('ore-paramvar', 'files', `no file called ${sources}`);
  const sensitivities = readSensitivities(sources.sensitivity.text);
  if (sensitivities === null)
    return yield fail(sources.sensitivity.name, 'columns', 'no TradeId, Factor_1 and Delta');
  yield* runReport(sources.report, {
    sensitivities,
    covariance: readCovariance(sources.covariance.text),
    portfolios: readPortfolios(sources.portfolio.text),
  });
}

/** Open Source Risk Engine, parametric. */
export const ORE_PARAMVAR_SUITE: ConformSuite = {
  id: 'ore-paramvar',
  about:
    'Delta-gamma-normal quantiles from sensitivities and covariances against a report of the Open Source Risk Engine.',
  run,
};

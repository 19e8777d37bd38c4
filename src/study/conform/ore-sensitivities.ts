import type { QuadraticBook } from '../../margin/delta-gamma.ts';
import { columnAt, numberIn, parseTable } from './ore-table.ts';

/** One row of a sensitivity report: to one factor, or across two (`second` not null, then only `gamma` counts). */
export type Sensitivity = {
  readonly trade: string;
  readonly first: string;
  readonly second: string | null;
  readonly delta: number;
  readonly gamma: number;
};

/** Covariance by the two factor keys in a row, `first second`. */
export type Covariance = ReadonlyMap<string, number>;

export type RiskFilter = { readonly riskClass: string; readonly riskType: string };

export function isAll(name: string): boolean {
  return /^\(?all\)?$/i.test(name);
}

/** Type, name and index of a risk factor; the tenor behind them is a label. */
function keyOf(factor: string): string {
  return factor.split('/').slice(0, 3).join('/');
}

/** Rows of a sensitivity report; null where it has not the columns. */
export function readSensitivities(text: string): readonly Sensitivity[] | null {
  const table = parseTable(text);
  const [trade, first, second, delta, gamma] = ['TradeId', 'Factor_1', 'Factor_2', 'Delta', 'Gamma'].map(
    (name) => columnAt(table, name),
  ) as [number, number, number, number, number];
  if (Math.min(trade, first, delta) < 0) return null;
  return table.rows
    .filter((row) => (row[first] ?? '') !== '')
    .map((row) => ({
      trade: row[trade] ?? '',
      first: keyOf(row[first] ?? ''),
      second: /^(#N\/A)?$/i.test(row[second] ?? '') ? null : keyOf(row[second] ?? ''),
      delta: numberIn(row[delta]) ?? 0,
      gamma: numberIn(row[gamma]) ?? 0,
    }));
}

/** Rows of two factors and a covariance; a header line, having no number, drops out. */
export function readCovariance(text: string): Covariance {
  const { columns, rows } = parseTable(text);
  const result = new Map<string, number>();
  for (const [first = '', second = '', value] of [columns, ...rows]) {
    const covariance = numberIn(value);
    if (covariance === null) continue;
    result.set(`${keyOf(first)} ${keyOf(second)}`, covariance);
    result.set(`${keyOf(second)} ${keyOf(first)}`, covariance);
  }
  return result;
}

/** Risk class of a factor type, by how it begins. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^(ZeroInflation|YoYInflation|CPI)/i, 'inflation'],
  [/^(Discount|Index|Yield|Swaption|Optionlet|SecuritySpread)/i, 'interestrate'],
  [/^FX/i, 'fx'],
  [/^(Equity|Dividend)/i, 'equity'],
  [/^(Survival|Recovery|Credit|CDS|BaseCorrelation)/i, 'credit'],
  [/^Commodity/i, 'commodity'],
];

function riskTypeOf(type: string): string {
  if (/^BaseCorrelation/i.test(type)) return 'basecorrelation';
  return /Volatility$/i.test(type) ? 'vega' : 'deltagamma';
}

function passes(key: string, { riskClass, riskType }: RiskFilter): boolean {
  const type = key.split('/')[0] ?? '';
  const own = CLASSES.find(([pattern]) => pattern.test(type))?.[1] ?? '';
  const inClass = isAll(riskClass) || own === riskClass.toLowerCase();
  return inClass && (isAll(riskType) || riskTypeOf(type) === riskType.toLowerCase());
}

/** Adds up the sensitivities that pass a filter; a row across two factors counts only if both do. */
export function gatherBook(
  rows: readonly Sensitivity[],
  filter: RiskFilter,
  covariance: Covariance,
): QuadraticBook {
  const kept = rows.filter(
    ({ first, second }) => passes(first, filter) && (second === null || passes(second, filter)),
  );
  const keys = [
    ...new Set(kept.flatMap(({ first, second }) => (second === null ? [first] : [first, second]))),
  ];
  const at = new Map(keys.map((key, i) => [key, i]));
  const n = keys.length;
  const delta = new Float64Array(n);
  const gamma = new Float64Array(n * n);
  for (const row of kept) {
    const i = at.get(row.first)!;
    const j = row.second === null ? i : at.get(row.second)!;
    if (row.second === null) delta[i]! += row.delta;
    gamma[i * n + j]! += row.gamma;
    if (i !== j) gamma[j * n + i]! += row.gamma;
  }
  const flat = keys.flatMap((a) => keys.map((b) => covariance.get(`${a} ${b}`) ?? 0));
  return { delta, gamma, covariance: Float64Array.from(flat) };
}

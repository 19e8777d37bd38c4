import { compact } from './format.ts';
import { COLUMNS_MAX, type Paint } from './paint.ts';

export type HeatMap = {
  readonly rowTitle: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** P&L in USD, row by row. */
  readonly cells: readonly (readonly number[])[];
};

/** A table of P&L shaded from loss to gain; without colours, losses carry their sign. */
export function heatMap(map: HeatMap, paint: Paint): string {
  const label = Math.max(map.rowTitle.length, ...map.rows.map((row) => row.length));
  const width = Math.max(6, Math.floor((COLUMNS_MAX - label) / map.columns.length) - 1);
  const extreme = Math.max(1e-12, ...map.cells.flat().map((x) => Math.abs(x)));
  const head = `${map.rowTitle.padStart(label)} ${map.columns.map((c) => c.padStart(width)).join(' ')}`;
  const lines = map.rows.map((row, i) => {
    const cells = map.cells[i]!.map((x) => paint.heat(x / extreme, compact(x).padStart(width)));
    return `${row.padStart(label)} ${cells.join(' ')}`;
  });
  return [paint.dim(head), ...lines].join('\n');
}

const BINS = 17;
const BAR_MAX = 60;

export type Mark = { readonly label: string; readonly at: number };

/** Histogram of a P&L vector, losses first; `marks` (VaR, ES) are named at the bin they fall into. */
export function histogram(pnl: Float64Array, marks: readonly Mark[], paint: Paint): string {
  let low = Infinity;
  let high = -Infinity;
  for (const x of pnl) {
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  if (!(high > low)) return paint.dim(`all ${pnl.length} scenarios give ${compact(low)}`);
  const binOf = (x: number): number => Math.min(BINS - 1, Math.floor(((x - low) / (high - low)) * BINS));
  const counts = Array.from({ length: BINS }, () => 0);
  for (const x of pnl) counts[binOf(x)]! += 1;
  const most = Math.max(...counts);
  return counts
    .map((count, bin) => {
      const from = low + ((high - low) * bin) / BINS;
      const named = marks.filter((mark) => binOf(Math.min(high, Math.max(low, mark.at))) === bin);
      const length = count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR_MAX));
      const bar = '█'.repeat(length);
      const colour = from < 0 ? paint.bad : paint.good;
      const note = named.map((mark) => ` ◄ ${mark.label}`).join('');
      return `${compact(from).padStart(8)} ${colour(bar)} ${paint.dim(count === 0 ? '' : String(count))}${note}`;
    })
    .join('\n');
}

import { COLUMNS_MAX, type Paint } from './paint.ts';

export type Column = { readonly title: string; readonly align: 'left' | 'right'; readonly widthMax?: number };

/** Width as seen: without colour codes. */
function seen(text: string): number {
  // oxlint-disable-next-line no-control-regex
  return [...text.replace(/\u001b\[[0-9;]*m/g, '')].length;
}

function clip(text: string, width: number): string {
  return seen(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - seen(text)));
  return align === 'left' ? text + space : space + text;
}

/**
 * Lays out rows under column titles within {@link COLUMNS_MAX}; the widest left-aligned column gives way first.
 * A row shorter than the columns is filled with blanks.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const widths = columns.map((column, i) => {
    const widest = rows.reduce((w, row) => Math.max(w, seen(row[i] ?? '')), seen(column.title));
    return Math.min(widest, column.widthMax ?? COLUMNS_MAX);
  });
  const gaps = 2 * (columns.length - 1);
  let excess = widths.reduce((sum, w) => sum + w, 0) + gaps - COLUMNS_MAX;
  while (excess > 0) {
    const left = columns.flatMap((c, i) => (c.align === 'left' ? [i] : []));
    const widest = left.reduce((best, i) => (widths[i]! > widths[best]! ? i : best), left[0] ?? 0);
    if (widths[widest]! <= 8) break;
    const cut = Math.min(excess, widths[widest]! - 8);
    widths[widest] = widths[widest]! - cut;
    excess -= cut;
  }
  const line = (cells: readonly string[]): string =>
    columns
      .map((c, i) => pad(clip(cells[i] ?? '', widths[i]!), widths[i]!, c.align))
      .join('  ')
      .trimEnd();
  return [paint.dim(line(columns.map((c) => c.title))), ...rows.map((row) => line(row))].join('\n');
}

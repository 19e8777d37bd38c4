import type { ConformFile } from './suite.ts';

/** A delimited report: its column names as written (without a leading #), and its rows. */
export type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };

const SEPARATORS = ['\t', ';', ','] as const;

function cellsOf(line: string, separator: string): string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/** Splits a report at tabs, semicolons or commas, whichever its first line has; empty lines are left out. */
export function parseTable(text: string): Table {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = (lines[0] ?? '').replace(/^\uFEFF?#?/, '');
  const separator = SEPARATORS.find((mark) => first.includes(mark)) ?? ',';
  return { columns: cellsOf(first, separator), rows: lines.slice(1).map((line) => cellsOf(line, separator)) };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.]/g, '');
}

/** Position of a column, case and punctuation aside; −1 where it is absent. */
export function columnAt(table: Table, name: string): number {
  return table.columns.findIndex((column) => plain(column) === plain(name));
}

/** Columns named after a probability (`Quantile_0.010000`), with that probability as text. */
export function probabilityColumns(
  table: Table,
  prefix: string,
): readonly { readonly at: number; readonly name: string; readonly probability: string }[] {
  return table.columns.flatMap((name, at) => {
    const text = plain(name);
    const rest = text.startsWith(plain(prefix)) ? text.slice(plain(prefix).length) : '';
    return /^\d*\.?\d+$/.test(rest) ? [{ at, name, probability: rest }] : [];
  });
}

/** The number in a cell; null for an empty one or `#N/A`. */
export function numberIn(cell: string | undefined): number | null {
  if (cell === undefined || cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

export function folderOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('/'), 0));
}

export function isNamed(file: ConformFile, base: string): boolean {
  return file.name.slice(file.name.lastIndexOf('/') + 1).toLowerCase() === base.toLowerCase();
}

function sharedParts(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  let count = 0;
  while (count < Math.min(left.length, right.length) && left[count] === right[count]) count++;
  return count;
}

/** Of several files the one that has a word in its path, then the one nearest to an anchor, then the one least deep. */
export function nearest(files: readonly ConformFile[], word: string, anchor: string): ConformFile | null {
  const rank = (file: ConformFile): readonly number[] => [
    file.name.toLowerCase().includes(word) ? 0 : 1,
    -sharedParts(folderOf(file.name), folderOf(anchor)),
    file.name.split('/').length,
  ];
  const better = (a: ConformFile, b: ConformFile): boolean => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, k) => value !== right[k]);
    return at < 0 ? a.name < b.name : left[at]! < right[at]!;
  };
  return files.reduce<ConformFile | null>(
    (best, file) => (best === null || better(file, best) ? file : best),
    null,
  );
}

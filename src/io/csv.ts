import { type Failure, refuse } from '../base/failure.ts';

/** The records of a CSV text: `header`, then `rows` of exactly as many fields. */
export type Csv = { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

/**
 * Splits CSV text (INPUT-002) (RFC 4180: quoted fields may hold separators, line ends and doubled quotes). The separator is the one of
 * comma, semicolon or tab that the header holds most of; blank lines are skipped.
 * Refuses MALFORMED_CSV: no header, a record of another length than the header, a quote that is never closed.
 */
export function parseCsv(text: string, field: string): Csv | Failure {
  const separator = separatorOf(text);
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    const end =
      text.charAt(at) === '\n' || text.startsWith('\r\n', at)
        ? at
        : readRecord({ text, at, separator }, record);
    if (end < 0)
      return malformed(`${field} record ${records.length + 1}`, text.slice(at, at + 40), 'a closing quote');
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1;
    if (record.length === 0) continue;
    const width = records[0]?.length ?? record.length;
    if (record.length !== width) {
      return malformed(
        `${field} record ${records.length + 1}`,
        record.length,
        `${width} fields, as in the header`,
      );
    }
    records.push(record);
  }
  const [header, ...rows] = records;
  return header === undefined ? malformed(field, '', 'a header line') : { header, rows };
}

type Cursor = { readonly text: string; readonly at: number; readonly separator: string };

/** Appends the fields of the record that starts at `at`; gives the place of its line end, or −1 where a quote stays open. */
function readRecord(cursor: Cursor, fields: string[]): number {
  const { text, separator } = cursor;
  let lineEnd = text.indexOf('\n', cursor.at);
  if (lineEnd < 0) lineEnd = text.length;
  const contentEnd = text.charAt(lineEnd - 1) === '\r' ? lineEnd - 1 : lineEnd;
  const line = text.slice(cursor.at, contentEnd);
  if (!line.includes('"')) {
    for (const value of line.split(separator)) fields.push(value);
    return contentEnd;
  }
  return readQuotedRecord(cursor, fields);
}

function readQuotedRecord({ text, at, separator }: Cursor, fields: string[]): number {
  let value = '';
  let quoted = false;
  for (let i = at; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (quoted) {
      if (char !== '"') value += char;
      else if (text.charAt(i + 1) === '"') {
        value += '"';
        i += 1;
      } else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === separator) {
      fields.push(value);
      value = '';
    } else if (char === '\n' || text.startsWith('\r\n', i)) {
      fields.push(value);
      return i;
    } else value += char;
  }
  fields.push(value);
  return quoted ? -1 : text.length;
}

function separatorOf(text: string): string {
  const lineEnd = text.indexOf('\n');
  const header = lineEnd < 0 ? text : text.slice(0, lineEnd);
  let best = ',';
  for (const candidate of [';', '\t']) {
    if (header.split(candidate).length > header.split(best).length) best = candidate;
  }
  return best;
}

function malformed(field: string, value: unknown, expected: string): Failure {
  return refuse('MALFORMED_CSV', { field, value, expected });
}

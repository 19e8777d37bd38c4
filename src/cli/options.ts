import type { Command } from 'commander';
import { refuse } from '../base/failure.ts';
import { METHOD_IDS, type MethodId } from '../margin/report.ts';
import { decimalToNumber } from '../contract/scalars.ts';
import { orRefuse, Refused } from './failure-exit.ts';

/** Collects a repeatable option. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Options that every command on a book has. */
export function inputOptions(command: Command): Command {
  return command
    .option('--market <file>', 'market as JSON, or an option-chain CSV; by default the one the book names')
    .option('--at <time>', 'moment of a chain with several snapshots, ISO 8601 in UTC')
    .option('--methodology <file>', 'dated parameters (plimsoll schema methodology)')
    .option('--history <file>', 'price history, CSV or Parquet; by default a generated one')
    .option('--account <id>', 'the account of a group to report on; the name of a CSV book')
    .option('--balance <asset=amount>', 'collateral behind a CSV book, repeatable', collect)
    .option('--json', 'the whole answer for machines');
}

/** A method id, or the end of the command with UNKNOWN_METHOD. */
export function parseMethod(id: string): MethodId {
  const found = METHOD_IDS.find((method) => method === id);
  if (found !== undefined) return found;
  const expected = `one of ${METHOD_IDS.join(', ')}`;
  throw new Refused(refuse('UNKNOWN_METHOD', { field: '--method', value: id, expected }));
}

/** `NAME=VALUE` in two, or the end of the command with SHAPE_INVALID. */
export function splitAt(text: string, field: string, expected: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new Refused(refuse('SHAPE_INVALID', { field, value: text, expected }));
}

/** A decimal number, or the end of the command. */
export function parseNumber(text: string, field: string): number {
  return orRefuse(decimalToNumber(text.replace(/^\+/, ''), field));
}

/** `BTC=-10%` as a name and a fraction, or the end of the command. */
export function parseMove(text: string, field: string): [string, number] {
  const [name, percent] = splitAt(text, field, 'NAME=PERCENT, e.g. BTC=-10%');
  return [name, parseNumber(percent.replace(/%$/, ''), field) / 100];
}

/** A port, or the end of the command with NUMBER_OUT_OF_RANGE. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new Refused(refuse('NUMBER_OUT_OF_RANGE', { field: '--port', value: text, expected: '0 to 65,535' }));
}

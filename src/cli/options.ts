import type { Command } from 'commander';
import { refuse } from '../base/failure.ts';
import { METHOD_IDS, type MethodId } from '../margin/report.ts';
import { Refused } from './failure-exit.ts';

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

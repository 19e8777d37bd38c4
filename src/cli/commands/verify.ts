import type { Command } from 'commander';
import { type Failure, isFailure } from '../../base/failure.ts';
import { assessChain } from '../../journal/chain.ts';
import type { JournalStore } from '../../journal/store.ts';
import { orRefuse } from '../failure-exit.ts';
import type { Terminal } from '../terminal.ts';
import { replayJournal, type ReplaySummary, withJournal } from './journal.ts';

/** Adds `plimsoll verify JOURNAL`. */
export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description('check a journal: every record, every link, and every state hash recomputed')
    .argument('<journal>', 'journal of a venue that is not running (DATA/journal.sqlite)')
    .option('--json', 'the answer for machines')
    .action((path: string, { json }: { readonly json?: boolean }) => {
      const { records, hashesChecked, stateHash } = orRefuse(withJournal(path, verify));
      if (json === true) {
        terminal.print(JSON.stringify({ plimsoll: 'verify/1', records, hashesChecked, stateHash }, null, 2));
        return;
      }
      terminal.print(`${records} records, each as it was written and linked to the one before`);
      terminal.print(`${hashesChecked} state hashes recomputed, all as recorded`);
      terminal.print(`state hash ${stateHash}`);
    });
}

function verify(store: JournalStore): (ReplaySummary & { readonly records: number }) | Failure {
  const { records, failure } = assessChain(store);
  if (failure !== null) return failure;
  const summary = replayJournal(store);
  return isFailure(summary) ? summary : { ...summary, records };
}

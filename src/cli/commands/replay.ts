import type { Command } from 'commander';
import { orRefuse } from '../failure-exit.ts';
import type { Terminal } from '../terminal.ts';
import { replayJournal, withJournal } from './journal.ts';

/** Adds `plimsoll replay JOURNAL`. */
export function addReplay(program: Command, terminal: Terminal): void {
  program
    .command('replay')
    .description('apply everything that a journal holds again, and give the state it leads to')
    .argument('<journal>', 'journal of a venue that is not running (DATA/journal.sqlite)')
    .option('--json', 'the answer for machines')
    .action((path: string, { json }: { readonly json?: boolean }) => {
      const beginMs = performance.now();
      const summary = orRefuse(withJournal(path, replayJournal));
      const seconds = (performance.now() - beginMs) / 1_000;
      if (json === true) {
        terminal.print(JSON.stringify({ plimsoll: 'replay/1', ...summary, seconds }, null, 2));
        return;
      }
      const { seqFirst, seqNext, commands, refused, events, hashesChecked, accounts, stateHash } = summary;
      terminal.print(`records      ${seqFirst} to ${seqNext - 1}`);
      terminal.print(`commands     ${commands}, of them refused ${refused}`);
      terminal.print(`events       ${events}`);
      terminal.print(`accounts     ${accounts}`);
      terminal.print(`state hashes ${hashesChecked} recomputed, all as recorded`);
      terminal.print(`state hash   ${stateHash}`);
      terminal.print(`in           ${seconds.toFixed(2)} s`);
    });
}

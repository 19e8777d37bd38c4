import type { Command } from 'commander';
import { orRefuse } from '../failure-exit.ts';
import type { Terminal } from '../terminal.ts';
import { exportJournal, withJournal } from './journal.ts';

/** Adds `plimsoll export JOURNAL`. */
export function addExport(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .description('a journal as JSON lines: every command with its place, time and hash')
    .argument('<journal>', 'journal of a venue that is not running (DATA/journal.sqlite)')
    .action((path: string) => {
      orRefuse(
        withJournal(path, (store) => {
          for (const line of exportJournal(store)) terminal.print(orRefuse(line));
          return true;
        }),
      );
    });
}

import { Command, CommanderError } from 'commander';
import { type Failure, refuse } from '../base/failure.ts';
import { addConform } from './commands/conform.ts';
import { addMargin } from './commands/margin.ts';
import { addMethods } from './commands/methods.ts';
import { addPrice } from './commands/price.ts';
import { addScenarios } from './commands/scenarios.ts';
import { addWhatIf } from './commands/what-if.ts';
import { addWhy } from './commands/why.ts';
import { EXIT, Refused } from './failure-exit.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const ABOUT = `The open cross-margining engine: one pool, every method, every number explained.

Examples:
  plimsoll margin examples/short-strangle/book.json
  plimsoll whatif examples/short-strangle/book.json --move BTC=-10%
  plimsoll why yesterday.json today.json`;

/** Builds the command tree; every command speaks through `terminal` only. */
export function buildProgram(terminal: Terminal): Command {
  const program = new Command('plimsoll');
  program
    .description(ABOUT)
    .version('0.1.0')
    .exitOverride()
    .configureOutput({
      writeOut: (s) => terminal.print(s.trimEnd()),
      writeErr: (s) => terminal.note(s.trimEnd()),
    });
  addMargin(program, terminal);
  addWhatIf(program, terminal);
  addWhy(program, terminal);
  addPrice(program, terminal);
  addScenarios(program, terminal);
  addMethods(program, terminal);
  addConform(program, terminal);
  return program;
}

/** Runs the command line. Refusals end with exit code 2 and one line that names the field and the value. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = processTerminal();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
  try {
    await buildProgram(terminal).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof Refused) {
      if (argv.includes('--json')) terminal.print(JSON.stringify({ error: error.failure }));
      terminal.note(error.message);
      terminal.exitWith(EXIT.refused);
    } else if (error instanceof CommanderError) {
      const refused = error.exitCode !== 0;
      if (refused && argv.includes('--json'))
        terminal.print(JSON.stringify({ error: toFailure(error, argv) }));
      terminal.exitWith(refused ? EXIT.refused : EXIT.done);
    } else throw error;
  }
}

/** What is wrong with the arguments themselves; the parser has already said it on standard error. */
function toFailure(error: CommanderError, argv: readonly string[]): Failure {
  const expected = error.message.replace(/^error: /, '');
  return refuse('SHAPE_INVALID', { field: 'arguments', value: argv.join(' '), expected });
}

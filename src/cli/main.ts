import { Command, CommanderError } from 'commander';
import { type Failure, refuse } from '../base/failure.ts';
import { EXIT, Refused } from './failure-exit.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const ABOUT = `The open cross-margining engine: one pool, every method, every number explained.

Examples:
  plimsoll margin examples/short-strangle/book.json
  plimsoll whatif examples/short-strangle/book.json --move BTC=-10%
  plimsoll why yesterday.json today.json`;

type AddCommand = (program: Command, terminal: Terminal) => void;

/** Every command with the module that adds it, in the order of `--help`. Only what is asked for is loaded. */
const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<AddCommand>])[] = [
  [['margin'], async () => (await import('./commands/margin.ts')).addMargin],
  [['whatif'], async () => (await import('./commands/what-if.ts')).addWhatIf],
  [['why'], async () => (await import('./commands/why.ts')).addWhy],
  [['price'], async () => (await import('./commands/price.ts')).addPrice],
  [['scenarios'], async () => (await import('./commands/scenarios.ts')).addScenarios],
  [['methods', 'schema'], async () => (await import('./commands/methods.ts')).addMethods],
  [['backtest'], async () => (await import('./commands/backtest.ts')).addBacktest],
  [['stress'], async () => (await import('./commands/stress.ts')).addStress],
  [['reverse-stress'], async () => (await import('./commands/reverse-stress.ts')).addReverseStress],
  [['cascade'], async () => (await import('./commands/cascade.ts')).addCascade],
  [['efficiency'], async () => (await import('./commands/efficiency.ts')).addEfficiency],
  [['impact'], async () => (await import('./commands/impact.ts')).addImpact],
  [['serve'], async () => (await import('./commands/serve.ts')).addServe],
  [['shock'], async () => (await import('./commands/shock.ts')).addShock],
  [['replay'], async () => (await import('./commands/replay.ts')).addReplay],
  [['verify'], async () => (await import('./commands/verify.ts')).addVerify],
  [['export'], async () => (await import('./commands/export.ts')).addExport],
  [['verify-statement'], async () => (await import('./commands/verify-statement.ts')).addVerifyStatement],
  [['witness', 'witness-key'], async () => (await import('./commands/witness.ts')).addWitness],
  [['conform'], async () => (await import('./commands/conform.ts')).addConform],
];

/** Builds the command tree, or the part that `argv` asks for; every command speaks through `terminal` only. */
async function buildProgram(terminal: Terminal, argv: readonly string[]): Promise<Command> {
  const program = new Command('plimsoll');
  program
    .description(ABOUT)
    .version('0.1.0')
    .exitOverride()
    .configureOutput({
      writeOut: (s) => terminal.print(s.trimEnd()),
      writeErr: (s) => terminal.note(s.trimEnd()),
    });
  const asked = COMMANDS.filter(([names]) => names.includes(argv[0] ?? ''));
  for (const [, load] of asked.length > 0 ? asked : COMMANDS) (await load())(program, terminal);
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
    await (await buildProgram(terminal, argv)).parseAsync([...argv], { from: 'user' });
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

import { join } from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_LIMITS } from '../../service/call.ts';
import { createLogger, serve, type Serving, venueOptions } from '../../service/serve.ts';
import { openVenue } from '../../service/venue.ts';
import { orRefuse } from '../failure-exit.ts';
import { loadMarket } from '../load.ts';
import { parsePort } from '../options.ts';
import type { Terminal } from '../terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

type ServeFlags = {
  readonly data: string;
  readonly port: string;
  readonly host: string;
  readonly market: string;
  readonly compact?: boolean;
};

/** Adds `plimsoll serve`. */
export function addServe(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description(
      'run a venue: its engine, journal and market, over HTTP and WebSocket, until it is interrupted',
    )
    .option('--data <dir>', 'folder of the journal and the keys', '.plimsoll')
    .option('--port <n>', 'port to listen on, 0 for any that is free', '8080')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--market <file>',
      'what a new venue lists, and its prices',
      join(ROOT, 'examples', 'market.json'),
    )
    .option('--compact', 'drop journal records that a snapshot stands for')
    .action(async (flags: ServeFlags) => {
      const logger = createLogger();
      const market = loadMarket(flags.market, undefined);
      const port = parsePort(flags.port);
      const compact = flags.compact === true;
      const venue = orRefuse(await openVenue(venueOptions(market, { dataDir: flags.data, compact, logger })));
      const consoleDir = join(ROOT, 'console', 'dist');
      const options = { host: flags.host, port, consoleDir, limits: DEFAULT_LIMITS, logger };
      const serving = orRefuse(await serve(venue, options));
      announce(serving, terminal);
      await interrupted();
      terminal.note('stopping');
      await serving.stop();
    });
}

function announce({ address, keys }: Serving, terminal: Terminal): void {
  terminal.print(`serving on ${address}`);
  if (keys.length === 0) return;
  terminal.print('\nKeys, shown this once:');
  for (const { scope, holder, key } of keys) {
    terminal.print(`  ${scope.padEnd(8)} ${holder.padEnd(8)} ${key}`);
  }
}

/** The first request to stop; a second one ends the process as it is. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

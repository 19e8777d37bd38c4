import type { Command } from 'commander';
import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { orRefuse, Refused } from '../failure-exit.ts';
import { parseMove } from '../options.ts';
import type { Terminal } from '../terminal.ts';

type ShockFlags = { readonly url: string; readonly key?: string };

/** Adds `plimsoll shock ASSET=PERCENT…`. */
export function addShock(program: Command, terminal: Terminal): void {
  program
    .command('shock')
    .description('move the prices of a running venue’s generated market at once')
    .argument('<moves...>', 'ASSET=PERCENT, e.g. BTC=-15%')
    .option('--url <address>', 'where the venue is served', 'http://127.0.0.1:8080')
    .option('--key <key>', 'a key of scope venue; by default the environment’s PLIMSOLL_KEY')
    .action(async (texts: readonly string[], { url, key }: ShockFlags) => {
      const moves = texts.map((text) => {
        const [asset, frac] = parseMove(text, 'moves');
        return { asset, frac };
      });
      orRefuse(await post(`${url}/v1/shock`, { moves }, key ?? process.env['PLIMSOLL_KEY'] ?? ''));
      for (const { asset, frac } of moves) terminal.print(`${asset} moves by ${frac * 100} %`);
    });
}

/** Sends a request and gives its answer, or the refusal that it was answered with. */
async function post(url: string, body: unknown, key: string): Promise<unknown> {
  const unreachable = (expected: string): Failure =>
    refuse('FILE_UNREADABLE', { field: 'url', value: url, expected });
  if (!URL.canParse(url)) throw new Refused(unreachable('the address of a service'));
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(
    () => null,
  );
  if (response === null) return unreachable('a service that answers');
  const answer = (await response.json().catch(() => null)) as { readonly error?: unknown } | null;
  if (answer === null) return unreachable('a Plimsoll service');
  return isFailure(answer.error) ? answer.error : answer;
}

import type { Command } from 'commander';
import { nativeCrypto } from '../../io/proof-crypto.ts';
import { readText } from '../../io/files.ts';
import { openManifest } from '../../proof/manifest.ts';
import { parseTrust } from '../../proof/trust.ts';
import { type Line, NEVER_PROVEN, type Outcome, type Verdict } from '../../proof/verdict.ts';
import { isUnrefuted, verifyStatement } from '../../proof/verify.ts';
import { EXIT, orRefuse } from '../failure-exit.ts';
import type { Terminal } from '../terminal.ts';

type VerifyOptions = { readonly manifest: string; readonly trust: string; readonly json?: boolean };

/** Adds `plimsoll verify-statement FILE`. Exit 1 where a line failed, 2 where the file was refused whole. */
export function addVerifyStatement(program: Command, terminal: Terminal): void {
  program
    .command('verify-statement')
    .description(
      'check a margin statement on its own: one line per claim, proven, failed, or not proven here',
    )
    .argument('<file>', 'the statement that the venue handed out')
    .requiredOption(
      '--manifest <file>',
      'parameters, market, scenarios and totals of the epoch, the same for everybody',
    )
    .requiredOption(
      '--trust <file>',
      'keys of the venue and of witnesses, quorum, own account, last checkpoint kept',
    )
    .option('--json', 'the whole answer for machines')
    .action((path: string, options: VerifyOptions) => {
      const verdict = verifyFiles(path, options);
      if (options.json === true) {
        const answer = { plimsoll: 'verdict/1', ...verdict, neverProven: NEVER_PROVEN };
        terminal.print(JSON.stringify(answer, null, 2));
      } else for (const line of render(verdict, terminal)) terminal.print(line);
      if (!isUnrefuted(verdict)) terminal.exitWith(EXIT.negative);
    });
}

function verifyFiles(path: string, options: VerifyOptions): Verdict {
  const { sha256 } = nativeCrypto;
  const trust = orRefuse(parseTrust(orRefuse(readText(options.trust)).trimEnd(), sha256));
  const manifest = orRefuse(openManifest(orRefuse(readText(options.manifest)), sha256));
  return orRefuse(verifyStatement(orRefuse(readText(path)), { manifest, trust }, nativeCrypto));
}

const WORDS: Readonly<Record<Outcome, string>> = {
  proven: 'proven',
  failed: 'FAILED',
  'not-proven-here': 'not proven here',
};

function render(verdict: Verdict, { paint }: Terminal): string[] {
  const { account, origin, epoch, timeMs, lines, checkpoint } = verdict;
  const shown = (line: Line): string => {
    const word = WORDS[line.outcome].padEnd(16);
    const painted =
      line.outcome === 'proven' ? paint.good(word) : line.outcome === 'failed' ? paint.bad(word) : word;
    return `${line.id.padEnd(4)}${painted}${line.title}\n    ${paint.dim(line.reason)}`;
  };
  return [
    paint.bold(`Account ${account} at ${origin}, epoch ${epoch} of ${new Date(timeMs).toISOString()}`),
    ...lines.map(shown),
    paint.bold('\nNever proven by any of this'),
    ...NEVER_PROVEN.map((words) => `  ${words}`),
    ...(checkpoint === null
      ? []
      : [paint.bold('\nKeep this checkpoint for the next time'), checkpoint.trimEnd()]),
  ];
}

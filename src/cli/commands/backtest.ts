import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { DEFAULT_JUDGE } from '../../study/judge/book-tests.ts';
import { judgeWalk } from '../../study/judge/judge.ts';
import { DEFAULT_TOOLS, frontierMethods } from '../../study/defaults.ts';
import { withTools } from '../../study/walk/tools.ts';
import type { WalkVerdict } from '../../study/judge/report.ts';
import { EXIT, orRefuse } from '../failure-exit.ts';
import { duration } from '../progress.ts';
import { renderVerdict } from '../render/verdict.ts';
import { backtestPage } from '../report/backtest-page.ts';
import { runWalk } from '../run-walk.ts';
import type { Terminal } from '../terminal.ts';
import { loadWalk, type WalkOptions, walkOptions } from '../walk-options.ts';

const INTERRUPTED = 130;

type BacktestOptions = WalkOptions & { readonly tools?: boolean; readonly frontier?: boolean };

/** Adds `plimsoll backtest`. */
export function addBacktest(program: Command, terminal: Terminal): void {
  const command = program
    .command('backtest')
    .description('does the margin hold? every method on a library of books, day by day through history');
  walkOptions(command)
    .option('--tools', 'show too what a buffer and a speed limit would make of unified and plain-ewma')
    .option('--frontier', 'instead of the methods: two of them at many parameters')
    .action(async (options: BacktestOptions) => {
      const loaded = await loadWalk(options);
      const methods = frontierMethods(loaded.methods[0]!.methodology);
      const request = options.frontier === true ? { ...loaded, methods } : loaded;
      const run = await runWalk(request, options, terminal);
      if (run === null) {
        terminal.exitWith(INTERRUPTED);
        return;
      }
      const { history } = run.plan.levels;
      const verdict: WalkVerdict = orRefuse(
        judgeWalk({
          table: options.tools === true ? withTools(run.table, DEFAULT_TOOLS) : run.table,
          labels: run.plan.rows.map((row) => history.labels[row]!),
          books: request.books,
          lookBackDays: request.methods[0]!.methodology.filtered.lookbackDays,
          spec: DEFAULT_JUDGE,
        }),
      );
      if (options.report !== undefined) writeFileSync(options.report, backtestPage(verdict, request));
      if (options.json === true)
        terminal.print(JSON.stringify({ plimsoll: 'backtest/1', ...verdict }, null, 2));
      else terminal.print(renderVerdict(verdict, terminal.paint));
      terminal.note(
        `${verdict.books} books × ${verdict.moments} moments × ${verdict.methods.length} methods in ${duration(run.elapsedMs)} on ${run.threads} threads`,
      );
      terminal.exitWith(EXIT.done);
    });
}

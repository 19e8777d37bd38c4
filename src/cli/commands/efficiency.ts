import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { DEFAULT_JUDGE } from '../../study/judge/book-tests.ts';
import { judgeWalk } from '../../study/judge/judge.ts';
import type { MethodVerdict, WalkVerdict } from '../../study/judge/report.ts';
import { efficiencyMethods } from '../../study/defaults.ts';
import { orRefuse } from '../failure-exit.ts';
import { coverage } from '../render/verdict.ts';
import { table } from '../render/table.ts';
import { htmlTable, page } from '../report/page.ts';
import { runWalk } from '../run-walk.ts';
import type { Terminal } from '../terminal.ts';
import { loadWalk, type WalkOptions, walkOptions } from '../walk-options.ts';

/** Adds `plimsoll efficiency`. */
export function addEfficiency(program: Command, terminal: Terminal): void {
  const command = program
    .command('efficiency')
    .description(
      'what each method locks up for the same books, by cause, and never without the coverage that it buys',
    );
  walkOptions(command).action(async (options: WalkOptions) => {
    const loaded = await loadWalk(options);
    const request = { ...loaded, methods: efficiencyMethods(loaded.methods[0]!.methodology) };
    const run = await runWalk(request, options, terminal);
    if (run === null) return;
    const { history } = run.plan.levels;
    const verdict = orRefuse(
      judgeWalk({
        table: run.table,
        labels: run.plan.rows.map((row) => history.labels[row]!),
        books: request.books,
        lookBackDays: request.methods[0]!.methodology.filtered.lookbackDays,
        spec: DEFAULT_JUDGE,
      }),
    );
    const answer = explain(verdict);
    if (options.report !== undefined) writeFileSync(options.report, efficiencyPage(verdict, answer));
    if (options.json === true)
      terminal.print(JSON.stringify({ plimsoll: 'efficiency/1', ...answer }, null, 2));
    else terminal.print(render(verdict, answer, terminal));
  });
}

/** Locked capital of one step of the flagship, as a fraction of gross notional, with the coverage of what is locked up to it. */
type Cause = {
  readonly cause: string;
  readonly marginFrac: number;
  readonly addedFrac: number;
  readonly coverage: number;
};

type Efficiency = {
  readonly methods: readonly {
    readonly id: string;
    readonly marginFrac: number;
    readonly coverage: number;
    readonly worst: number;
  }[];
  readonly causes: readonly Cause[];
};

function worstOf({ groups }: MethodVerdict): number {
  return Math.min(...groups.flatMap(({ years }) => years.map((year) => year.coverage)));
}

/** The steps `unified-…` in the order in which each adds a cause; then the methods side by side. */
function explain({ methods }: WalkVerdict): Efficiency {
  const steps = methods.filter(({ id }) => id.startsWith('+'));
  return {
    methods: methods
      .filter(({ id }) => !id.startsWith('+'))
      .map((m) => ({
        id: m.id,
        marginFrac: m.marginFrac,
        coverage: m.disclosure.achievedCoverage,
        worst: worstOf(m),
      })),
    causes: steps.map((step, i) => ({
      cause: step.id.slice(2),
      marginFrac: step.marginFrac,
      addedFrac: step.marginFrac - (i === 0 ? 0 : steps[i - 1]!.marginFrac),
      coverage: step.disclosure.achievedCoverage,
    })),
  };
}

const METHOD_HEAD = ['method', 'locked', 'of isolated', 'coverage', 'worst group-year'];
const CAUSE_HEAD = ['cause', 'adds', 'locked so far', 'coverage so far'];

function methodRows({ methods }: Efficiency): string[][] {
  const isolated = methods.find(({ id }) => id === 'isolated')?.marginFrac ?? NaN;
  return methods.map((m) => [
    m.id,
    coverage(m.marginFrac),
    `${((100 * m.marginFrac) / isolated).toFixed(0)} %`,
    coverage(m.coverage),
    coverage(m.worst),
  ]);
}

function causeRows({ causes }: Efficiency): string[][] {
  return causes.map((c) => [c.cause, coverage(c.addedFrac), coverage(c.marginFrac), coverage(c.coverage)]);
}

function render(verdict: WalkVerdict, answer: Efficiency, terminal: Terminal): string {
  const columns = (titles: readonly string[]) =>
    titles.map((title, i) => ({ title, align: i === 0 ? ('left' as const) : ('right' as const) }));
  return [
    terminal.paint.bold(`${verdict.books} books, ${verdict.from} to ${verdict.to}; share of gross notional`),
    table(columns(METHOD_HEAD), methodRows(answer), terminal.paint),
    '',
    terminal.paint.bold('what the unified method is made of'),
    table(columns(CAUSE_HEAD), causeRows(answer), terminal.paint),
  ].join('\n');
}

function efficiencyPage(verdict: WalkVerdict, answer: Efficiency): string {
  return page(
    'Locked capital, and the coverage that it buys',
    `${verdict.books} books, ${verdict.from} to ${verdict.to}`,
    [
      { title: 'Methods', body: htmlTable(METHOD_HEAD, methodRows(answer)) },
      { title: 'Causes within the unified method', body: htmlTable(CAUSE_HEAD, causeRows(answer)) },
    ],
  );
}

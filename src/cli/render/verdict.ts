import type { MethodVerdict, TestTally, WalkVerdict } from '../../study/judge/report.ts';
import type { Paint } from './paint.ts';
import { type Column, table } from './table.ts';

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

/** `99.71 %`: coverage needs a second place. */
export function coverage(frac: number): string {
  return `${(frac * 100).toFixed(2)} %`;
}

function ratio(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

/** Groups and years in which a method covered less than promised. */
export function missedCells(verdict: MethodVerdict, confidence: number): string[] {
  return verdict.groups.flatMap(({ group, years }) =>
    years.filter((year) => year.coverage < confidence).map(({ year }) => `${group} ${year}`),
  );
}

/** The judgement of a backtest for people. */
export function renderVerdict(verdict: WalkVerdict, paint: Paint): string {
  const unified = verdict.methods.find(({ id }) => id === 'unified') ?? verdict.methods[0]!;
  return [
    paint.bold(
      `${verdict.books} books, ${verdict.moments} moments from ${verdict.from} to ${verdict.to}, ` +
        `promise ${coverage(verdict.confidence)}`,
    ),
    renderMethods(verdict, paint),
    '',
    paint.bold(`${unified.id}: coverage of every group in every year`),
    renderGroups(unified, verdict.confidence, paint),
    '',
    paint.bold('books that each test rejects: because of too many exceptions / of too few'),
    renderTests(verdict, paint),
    ...verdict.methods.flatMap((method) => renderMissed(method, verdict.confidence)),
  ].join('\n');
}

function renderMethods({ methods, confidence }: WalkVerdict, paint: Paint): string {
  const columns = [
    left('method'),
    right('covered'),
    right('worst cell'),
    right('green'),
    right('yellow'),
    right('red'),
    right('margin'),
    right('pk/trough'),
    right('rise 30 d'),
    right('beyond'),
  ];
  const rows = methods.map((method) => {
    const { zones, disclosure } = method;
    const worst = Math.min(...method.groups.flatMap(({ years }) => years.map((year) => year.coverage)));
    const all = zones.green + zones.yellow + zones.red;
    const share = (count: number): string => (all === 0 ? '–' : `${((100 * count) / all).toFixed(1)} %`);
    const judged = (frac: number): string => (frac < confidence ? paint.bad : paint.good)(coverage(frac));
    const rise = method.path.rises.find(({ days }) => days === 30)?.largestFrac ?? null;
    return [
      method.id,
      judged(disclosure.achievedCoverage),
      judged(worst),
      share(zones.green),
      share(zones.yellow),
      zones.red > 0 ? paint.bad(share(zones.red)) : share(0),
      coverage(method.marginFrac),
      ratio(method.path.peakToTrough),
      rise === null ? '–' : `${(100 * rise).toFixed(0)} %`,
      `${Math.round(disclosure.uncoveredMean).toLocaleString('en')}`,
    ];
  });
  return table(columns, rows, paint);
}

/** Coverage per group and year of one method. */
function renderGroups(method: MethodVerdict, confidence: number, paint: Paint): string {
  const years = method.years.map(({ year }) => year);
  const rows = method.groups.map((group) => [
    group.group,
    String(group.books),
    ...years.map((year) => {
      const cell = group.years.find((one) => one.year === year);
      if (cell === undefined) return '';
      const text = (100 * cell.coverage).toFixed(2);
      return cell.coverage < confidence ? paint.bad(text) : text;
    }),
    (100 * group.marginFrac).toFixed(2),
    group.modelMultiplier.toFixed(2),
  ]);
  const columns = [
    left('group'),
    right('books'),
    ...years.map(right),
    right('margin %'),
    right('multiplier'),
  ];
  return table(columns, rows, paint);
}

function renderTests({ methods }: WalkVerdict, paint: Paint): string {
  const names = methods[0]!.tests.map(({ test }) => test);
  const cell = ({ tooMany, tooFew }: TestTally): string => `${tooMany} / ${tooFew}`;
  const rows = names.map((name, i) => [name, ...methods.map(({ tests }) => cell(tests[i]!))]);
  return table([left('test'), ...methods.map(({ id }) => right(shortened(id)))], rows, paint);
}

const NAME_MAX = 8;

function shortened(id: string): string {
  return id.length <= NAME_MAX ? id : `${id.slice(0, NAME_MAX - 1)}…`;
}

const MISSED_SHOWN = 6;

function renderMissed(method: MethodVerdict, confidence: number): string[] {
  const missed = missedCells(method, confidence);
  if (missed.length === 0) return [];
  const more = missed.length > MISSED_SHOWN ? ` and ${missed.length - MISSED_SHOWN} more` : '';
  return [`${method.id} missed its promise in ${missed.slice(0, MISSED_SHOWN).join(', ')}${more}`];
}

import type { MethodVerdict, WalkVerdict } from '../../study/judge/report.ts';
import type { WalkRequest } from '../../study/walk/plan.ts';
import { coverage, missedCells } from '../render/verdict.ts';
import { htmlTable, page, paragraph, type Section } from './page.ts';
import { COLOURS, histogram, lights, lineChart, scatter } from './svg.ts';

const percent = (frac: number): string => `${(100 * frac).toFixed(1)} %`;

/** The validation report of a backtest as one self-contained page. */
export function backtestPage(verdict: WalkVerdict, request: WalkRequest): string {
  const { methods } = verdict;
  const unified = methods.find(({ id }) => id === 'unified') ?? methods[0]!;
  const methodology = request.methods[0]!.methodology;
  const lead =
    `${verdict.books} hypothetical books under ${methods.length} methods, ${verdict.moments} moments from ${verdict.from} to ${verdict.to}; ` +
    `liquidation period ${request.horizonDays} d, promise ${coverage(verdict.confidence)}, methodology ${methodology.id} ${methodology.version}.`;
  const sections: Section[] = [
    summary(verdict),
    groups(unified, verdict.confidence),
    {
      title: 'Traffic lights: book-years by zone',
      body: lights(
        'zones',
        methods.map((m) => ({ name: m.id, ...m.zones })),
      ),
    },
    exceedances(verdict, unified),
    { title: `Margin against loss: ${unified.id}`, body: marginAgainstLoss(unified) },
    ranks(verdict),
    tests(verdict),
    frontier(verdict),
    disclosure(verdict),
    worst(unified),
    about(request),
  ];
  return page('Does the margin hold?', lead, sections);
}

function summary({ methods, confidence }: WalkVerdict): Section {
  const mark = (frac: number): string => `${frac < confidence ? '!' : ''}${coverage(frac)}`;
  const rows = methods.map((m) => [
    m.id,
    mark(m.disclosure.achievedCoverage),
    mark(Math.min(...m.groups.flatMap(({ years }) => years.map((year) => year.coverage)))),
    String(missedCells(m, confidence).length),
    `${m.zones.red > 0 ? '!' : ''}${m.zones.red}`,
    coverage(m.marginFrac),
    m.path.peakToTrough?.toFixed(2) ?? '–',
    ...m.path.rises.map(({ largestFrac }) =>
      largestFrac === null ? '–' : `${(100 * largestFrac).toFixed(0)} %`,
    ),
  ]);
  const rises = methods[0]!.path.rises.map(({ days }) => `rise ${days} d`);
  const head = [
    'method',
    'coverage',
    'worst group-year',
    'group-years missed',
    'red',
    'mean margin',
    'peak/trough',
    ...rises,
  ];
  return {
    title: 'Methods side by side',
    body:
      htmlTable(head, rows) +
      paragraph(
        'Mean margin in per cent of gross notional. Peak to trough and largest rises: median over books, unchanged portfolio.',
      ),
  };
}

function groups(method: MethodVerdict, confidence: number): Section {
  const years = method.years.map(({ year }) => year);
  const rows = method.groups.map((group) => [
    group.group,
    String(group.books),
    ...years.map((year) => {
      const cell = group.years.find((one) => one.year === year);
      return cell === undefined
        ? ''
        : `${cell.coverage < confidence ? '!' : ''}${(100 * cell.coverage).toFixed(2)}`;
    }),
    coverage(group.marginFrac),
    group.modelMultiplier.toFixed(2),
  ]);
  return {
    title: `Coverage by group and year, per cent: ${method.id}`,
    body:
      htmlTable(['group', 'books', ...years, 'mean margin', 'model multiplier'], rows) +
      paragraph(
        'The multiplier of the worst book of a group over its last 250 moments is what the add-on “model multiplier” charges that group.',
      ),
  };
}

function exceedances({ methods }: WalkVerdict, unified: MethodVerdict): Section {
  const shown = methods.filter(({ id }) => id === unified.id || id === 'standard' || id === 'plain-ewma');
  const labels = unified.days.map(({ label }) => label);
  const series = shown.map((m, i) => ({
    name: m.id,
    colour: COLOURS[i]!,
    values: m.days.map((d) => (d.books === 0 ? null : d.exceptions / d.books)),
  }));
  return {
    title: 'Exceedances over time: share of books not covered',
    body: lineChart('exceedances', { labels, series, format: percent }),
  };
}

function marginAgainstLoss({ days }: MethodVerdict): string {
  const labels = days.map(({ label }) => label);
  const series = [
    { name: 'mean margin', colour: COLOURS[0]!, values: days.map((d) => d.marginFrac) },
    { name: 'mean loss', colour: COLOURS[1]!, values: days.map((d) => Math.max(0, -d.pnlFrac)) },
  ];
  return lineChart('margin against loss', { labels, series, format: percent });
}

function ranks({ rankCounts }: WalkVerdict): Section {
  const total = rankCounts.reduce((sum, count) => sum + count, 0);
  const labels = rankCounts.map((_, i) => (i % 2 === 0 ? (i / rankCounts.length).toFixed(1) : ''));
  return {
    title: 'Probability transforms of the filtered distribution',
    body:
      histogram('PIT', { counts: rankCounts, expected: total / rankCounts.length, labels }) +
      paragraph(
        'Flat is right; a bump in the middle says that the distribution is too wide, which a floor on volatility intends.',
      ),
  };
}

function tests({ methods }: WalkVerdict): Section {
  const rows = methods[0]!.tests.map(({ test }, i) => [
    test,
    ...methods.map(({ tests: all }) => `${all[i]!.tooMany} / ${all[i]!.tooFew} / ${all[i]!.accepted}`),
  ]);
  return {
    title: 'Tests: books rejected for too many exceptions / for too few / accepted',
    body: htmlTable(['test', ...methods.map(({ id }) => id)], rows),
  };
}

function frontier({ methods }: WalkVerdict): Section {
  const points = methods.map((m, i) => ({
    name: m.id,
    x: m.marginFrac,
    y: m.disclosure.achievedCoverage,
    size: (m.path.peakToTrough ?? 1) / 2,
    colour: COLOURS[i % COLOURS.length]!,
  }));
  const format = { x: percent, y: coverage };
  return {
    title: 'Coverage against cost; the area is procyclicality (peak to trough)',
    body: scatter('frontier', { points, x: 'mean margin, share of gross notional', y: 'coverage', format }),
  };
}

function disclosure({ methods }: WalkVerdict): Section {
  const rows = methods.map(({ id, disclosure: d }) => [
    id,
    coverage(d.confidence),
    String(d.lookBackDays),
    String(d.shortfalls),
    String(d.observations),
    coverage(d.achievedCoverage),
    Math.round(d.uncoveredPeak).toLocaleString('en'),
    Math.round(d.uncoveredMean).toLocaleString('en'),
  ]);
  const head = [
    'method',
    '6.4 confidence',
    'look-back d',
    '6.5 shortfalls',
    'observations',
    'coverage',
    'peak uncovered',
    'mean uncovered',
  ];
  return {
    title: 'Public disclosure fields 6.4 and 6.5, USD of books of one million gross',
    body: htmlTable(head, rows),
  };
}

function worst({ id, worst: found }: MethodVerdict): Section {
  const rows = found.map(({ label, book, pnlUsd, marginUsd }) => [
    label,
    book,
    Math.round(pnlUsd).toLocaleString('en'),
    Math.round(marginUsd).toLocaleString('en'),
  ]);
  return {
    title: `Largest losses beyond margin: ${id}`,
    body: htmlTable(['day', 'book', 'outcome', 'margin'], rows),
  };
}

function about(request: WalkRequest): Section {
  return {
    title: 'How it was done',
    body:
      paragraph(
        `Margin is what the method asks at the end of a day, from prices up to then; scenario sets are fitted anew at every ${request.refitEvery === 1 ? '' : `${request.refitEvery}th `}moment. ` +
          'The outcome is the change in value of the same contracts, and of coin collateral, over the liquidation period.',
      ) +
      paragraph(
        'There is no long history of option prices. Where the price file has none, implied volatility, skew and basis are made up from the prices by a stated rule ' +
          '(response to falls, pull towards realised volatility, fat-tailed residuals): the results of option books test the margin against that rule. Tenors are constant, so neither scenarios nor outcomes hold time decay.',
      ) +
      paragraph('Costs of closing out are left out of both sides.'),
  };
}

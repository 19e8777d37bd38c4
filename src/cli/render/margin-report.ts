import type { DeliveryPlan } from '../../collateral/delivery.ts';
import type { LiquidationPrice, MarginReport, MethodComparison, ScenarioView } from '../../margin/report.ts';
import { compact, percent, price, quantity, usd } from './format.ts';
import { GENERATED } from '../load.ts';
import { COLUMNS_MAX, type Paint } from './paint.ts';
import { type HeatMap, heatMap, histogram } from './pictures.ts';
import { table } from './table.ts';

export type Shown = {
  readonly report: MarginReport;
  readonly comparison: readonly MethodComparison[];
  /** Σ of the method's requirement, position by position: what isolation would cost. */
  readonly isolationUsd: number;
  /** Where the scenarios were fitted: a file, or `generated`, a made-up history whose dates name no real days. */
  readonly history: string;
  readonly liquidation: readonly LiquidationPrice[];
  readonly delivery: DeliveryPlan | null;
  readonly heat: { readonly underlying: string; readonly map: HeatMap } | null;
};

const POSITIONS_SHOWN = 24;

/** The whole report as text: answer first, then where it comes from. */
export function renderReport(shown: Shown, paint: Paint): string {
  const { report } = shown;
  return [
    headline(report, paint),
    historyLine(shown.history, paint),
    shown.delivery === null
      ? ''
      : section('Cheapest delivery that meets the call', deliveryTable(shown.delivery, paint), paint),
    section('Requirement', componentsTable(report, paint), paint),
    section('Pool', poolTable(report, paint), paint),
    section(
      'Positions, and the part of the requirement each is answerable for',
      positionsTable(report, paint),
      paint,
    ),
    report.sleeves.length === 0 ? '' : section('Isolated positions', sleevesTable(report, paint), paint),
    section('Underlyings', underlyingsTable(shown, paint), paint),
    section('The same book under every method', comparisonTable(shown, paint), paint),
    ...scenarioSections(report, paint),
    shown.heat === null
      ? ''
      : section(
          `P&L of the book, ${shown.heat.underlying} spot × vol`,
          heatMap(shown.heat.map, paint),
          paint,
        ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, body: string, paint: Paint): string {
  return `${paint.bold(title)}\n${body}`;
}

function headline(r: MarginReport, paint: Paint): string {
  const state = r.health === 'healthy' ? paint.good(r.health) : paint.bad(r.health);
  const time = new Date(r.timeMs).toISOString().slice(0, 16).replace('T', ' ');
  const lines = [
    `${paint.bold(`Account ${r.account}`)}  ${state}  ${r.mode}, method ${r.method}`,
    paint.dim(
      `market revision ${r.marketRevision} of ${time} UTC, methodology ${r.methodology.id} ${r.methodology.version}, USD`,
    ),
    '',
    `equity        ${usd(r.equityUsd).padStart(16)}`,
    `initial       ${usd(r.initialUsd).padStart(16)}   headroom ${signed(r.initialHeadroomUsd, paint)}`,
    `maintenance   ${usd(r.maintenanceUsd).padStart(16)}   headroom ${signed(r.maintenanceHeadroomUsd, paint)}   margin ratio ${percent(r.marginRatio)}`,
  ];
  if (r.creditUsd > 0) lines.push(`credit line   ${usd(r.creditUsd).padStart(16)}`);
  if (r.callUsd > 0)
    lines.push(
      paint.bad(`call          ${usd(r.callUsd).padStart(16)}   to be back at the initial requirement`),
    );
  return lines.join('\n');
}

function historyLine(history: string, paint: Paint): string {
  const text =
    history === GENERATED
      ? 'Scenarios come from a generated history: its dates name no real days. Give your own with --history.'
      : `Scenarios are fitted to ${history}.`;
  return paint.dim(text);
}

function signed(value: number, paint: Paint): string {
  return value < 0 ? paint.bad(usd(value)) : usd(value);
}

function deliveryTable(plan: DeliveryPlan, paint: Paint): string {
  const rows = plan.lines.map((line) => [
    line.asset,
    quantity(line.units),
    usd(line.valueUsd),
    usd(line.countedUsd),
    usd(line.costUsd),
  ]);
  rows.push(['together', '', '', usd(plan.countedUsd), usd(plan.costUsd)]);
  return table(
    [
      { title: 'asset', align: 'left' },
      { title: 'units', align: 'right' },
      { title: 'value', align: 'right' },
      { title: 'counts', align: 'right' },
      { title: 'cost a year', align: 'right' },
    ],
    rows,
    paint,
  );
}

function componentsTable(r: MarginReport, paint: Paint): string {
  return table(
    [
      { title: 'component', align: 'left' },
      { title: 'initial', align: 'right' },
      { title: 'maintenance', align: 'right' },
      { title: 'what it is', align: 'left' },
    ],
    r.requirement.components.map((c) => [c.id, usd(c.initialUsd), usd(c.maintenanceUsd), c.about]),
    paint,
  );
}

function poolTable(r: MarginReport, paint: Paint): string {
  return table(
    [
      { title: 'asset', align: 'left' },
      { title: 'amount', align: 'right' },
      { title: 'price', align: 'right' },
      { title: 'value', align: 'right' },
      { title: 'haircut', align: 'right' },
      { title: 'over cap', align: 'right' },
      { title: 'counts', align: 'right' },
      { title: 'treatment', align: 'left' },
    ],
    r.pool.lines.map((line) => [
      line.asset,
      quantity(line.amount),
      price(line.priceUsd),
      usd(line.grossUsd),
      usd(line.haircutUsd),
      usd(line.capCutUsd),
      usd(line.countedUsd),
      line.treatment,
    ]),
    paint,
  );
}

function positionsTable(r: MarginReport, paint: Paint): string {
  if (r.positions.length === 0) return paint.dim('none');
  const ranked = [...r.positions].sort((a, b) => Math.abs(b.initialUsd) - Math.abs(a.initialUsd));
  const shown = ranked.slice(0, POSITIONS_SHOWN);
  const rest = ranked.slice(POSITIONS_SHOWN);
  const rows = shown.map((p) => [
    p.instrument,
    quantity(p.quantity),
    price(p.mark),
    usd(p.unrealisedUsd),
    usd(p.deltaUsd),
    usd(p.vegaUsd / 100),
    usd(p.initialUsd),
  ]);
  if (rest.length > 0) {
    const sum = (of: (p: (typeof rest)[number]) => number): string =>
      usd(rest.reduce((s, p) => s + of(p), 0));
    const parts = [
      sum((p) => p.unrealisedUsd),
      sum((p) => p.deltaUsd),
      sum((p) => p.vegaUsd / 100),
      sum((p) => p.initialUsd),
    ];
    rows.push([`… ${rest.length} more`, '', '', ...parts]);
  }
  return table(
    [
      { title: 'instrument', align: 'left' },
      { title: 'quantity', align: 'right' },
      { title: 'mark', align: 'right' },
      { title: 'unrealised', align: 'right' },
      { title: 'delta', align: 'right' },
      { title: 'vega/pt', align: 'right' },
      { title: 'initial', align: 'right' },
    ],
    rows,
    paint,
  );
}

function sleevesTable(r: MarginReport, paint: Paint): string {
  return table(
    [
      { title: 'instrument', align: 'left' },
      { title: 'quantity', align: 'right' },
      { title: 'collateral', align: 'right' },
      { title: 'equity', align: 'right' },
      { title: 'initial', align: 'right' },
      { title: 'maintenance', align: 'right' },
    ],
    r.sleeves.map((s) => [
      s.instrument,
      quantity(s.quantity),
      usd(s.collateralUsd),
      usd(s.equityUsd),
      usd(s.initialUsd),
      usd(s.maintenanceUsd),
    ]),
    paint,
  );
}

function underlyingsTable({ report, liquidation }: Shown, paint: Paint): string {
  return table(
    [
      { title: 'underlying', align: 'left' },
      { title: 'index', align: 'right' },
      { title: 'delta', align: 'right' },
      { title: 'gamma/1%', align: 'right' },
      { title: 'vega/pt', align: 'right' },
      { title: 'theta/d', align: 'right' },
      { title: 'initial', align: 'right' },
      { title: 'liquidated below', align: 'right' },
      { title: 'or above', align: 'right' },
    ],
    report.underlyings.map((u) => {
      const found = liquidation.find((l) => l.underlying === u.underlying);
      return [
        u.underlying,
        found === undefined ? '–' : price(found.indexUsd),
        usd(u.deltaUsd),
        usd(u.gammaUsd / 100),
        usd(u.vegaUsd / 100),
        usd(u.thetaUsd),
        usd(u.initialUsd),
        price(found?.belowUsd ?? null),
        price(found?.aboveUsd ?? null),
      ];
    }),
    paint,
  );
}

function comparisonTable({ report, comparison, isolationUsd }: Shown, paint: Paint): string {
  const rows = comparison.map((m) => [
    m.method === report.method ? `${m.method} ◄` : m.method,
    usd(m.equityUsd),
    usd(m.initialUsd),
    usd(m.maintenanceUsd),
    signed(m.initialHeadroomUsd, paint),
  ]);
  const body = table(
    [
      { title: 'method', align: 'left' },
      { title: 'equity', align: 'right' },
      { title: 'initial', align: 'right' },
      { title: 'maintenance', align: 'right' },
      { title: 'initial headroom', align: 'right' },
    ],
    rows,
    paint,
  );
  const saved = isolationUsd - report.initialUsd;
  const verdict =
    saved >= 0 ? `one pool frees ${usd(saved)}` : `the whole needs ${usd(-saved)} more than its parts`;
  const note = `Everything alone, ${report.method} would ask ${usd(isolationUsd)}: ${verdict}.`;
  return `${body}\n${paint.dim(note)}`;
}

function scenarioSections(r: MarginReport, paint: Paint): string[] {
  return r.requirement.scenarios.map((view, i) => {
    const worst = wrap(view.worst.map((w) => `${w.name} ${usd(w.pnlUsd)}`));
    const title = `${view.setId}: ${view.count} scenarios, at ${percent(view.confidence)} VaR ${usd(view.varUsd)}, ES ${usd(view.esUsd)}`;
    const body = i === 0 ? `${distribution(view, paint)}\n${paint.dim(worst)}` : paint.dim(worst);
    return section(title, body, paint);
  });
}

/** Items after `worst:`, broken into lines that fit. */
function wrap(items: readonly string[]): string {
  const lines = ['worst:'];
  for (const item of items) {
    const last = lines.at(-1)!;
    if (last.length + item.length + 3 <= COLUMNS_MAX)
      lines[lines.length - 1] = `${last} ${item}${item === items.at(-1) ? '' : ' ·'}`;
    else lines.push(`       ${item}${item === items.at(-1) ? '' : ' ·'}`);
  }
  return lines.join('\n');
}

function distribution(view: ScenarioView, paint: Paint): string {
  const marks = [
    { label: `VaR ${compact(view.varUsd)}`, at: -view.varUsd },
    { label: `ES ${compact(view.esUsd)}`, at: -view.esUsd },
  ];
  return histogram(view.pnl, marks, paint);
}

/** Several accounts of one client: each line an account, and what they come to. */
export function renderGroup(shown: readonly Shown[], paint: Paint): string {
  const reports = shown.map((one) => one.report);
  const sum = (of: (r: MarginReport) => number): string =>
    usd(reports.reduce((total, r) => total + of(r), 0));
  const rows = reports.map((r) => [
    r.account,
    r.method,
    usd(r.equityUsd),
    usd(r.initialUsd),
    usd(r.maintenanceUsd),
    r.health,
  ]);
  rows.push(['all', '', sum((r) => r.equityUsd), sum((r) => r.initialUsd), sum((r) => r.maintenanceUsd), '']);
  const body = table(
    [
      { title: 'account', align: 'left' },
      { title: 'method', align: 'left' },
      { title: 'equity', align: 'right' },
      { title: 'initial', align: 'right' },
      { title: 'maintenance', align: 'right' },
      { title: 'health', align: 'left' },
    ],
    rows,
    paint,
  );
  return section('The group', body, paint);
}

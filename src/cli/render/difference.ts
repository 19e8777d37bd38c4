import type { MarginReport } from '../../margin/report.ts';
import type { Why } from '../../margin/why.ts';
import { percent, usd } from './format.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

/** Two reports side by side: what was, what would be, and the difference. */
export function renderDifference(before: MarginReport, after: MarginReport, paint: Paint): string {
  const money = (name: string, of: (r: MarginReport) => number): string[] => [
    name,
    usd(of(before)),
    usd(of(after)),
    plus(of(after) - of(before)),
  ];
  const rows = [
    money('equity', (r) => r.equityUsd),
    money('initial', (r) => r.initialUsd),
    money('maintenance', (r) => r.maintenanceUsd),
    money('initial headroom', (r) => r.initialHeadroomUsd),
    money('maintenance headroom', (r) => r.maintenanceHeadroomUsd),
    ['margin ratio', percent(before.marginRatio), percent(after.marginRatio), ''],
    ['health', before.health, after.health, ''],
    money('call', (r) => r.callUsd),
  ];
  const head = `${paint.bold(`Account ${after.account}`)}, method ${after.method}`;
  return [
    head,
    '',
    table(columns(['', 'before', 'after', 'difference']), rows, paint),
    '',
    componentRows(before, after, paint),
  ].join('\n');
}

function componentRows(before: MarginReport, after: MarginReport, paint: Paint): string {
  const find = (r: MarginReport, id: string): number =>
    r.requirement.components.find((c) => c.id === id)?.initialUsd ?? 0;
  const ids = [
    ...new Set([...before.requirement.components, ...after.requirement.components].map((c) => c.id)),
  ];
  const rows = ids.map((id) => {
    const [from, to] = [find(before, id), find(after, id)];
    return [id, usd(from), usd(to), plus(to - from)];
  });
  return table(columns(['component of initial', 'before', 'after', 'difference']), rows, paint);
}

function plus(value: number): string {
  const text = usd(value);
  return value > 0 && text !== '0' ? `+${text}` : text;
}

function columns(titles: readonly string[]): { title: string; align: 'left' | 'right' }[] {
  return titles.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' }));
}

/** Why a requirement changed: one line per kind of input, in the order in which they were moved. */
export function renderWhy(why: Why, paint: Paint): string {
  const total = (of: (line: Why['lines'][number]) => number): number =>
    why.lines.reduce((s, line) => s + of(line), 0);
  const rows = why.lines.map((line) => [
    line.part,
    plus(line.equityUsd),
    plus(line.initialUsd),
    plus(line.maintenanceUsd),
    plus(line.initialHeadroomUsd),
  ]);
  rows.push([
    'together',
    plus(total((l) => l.equityUsd)),
    plus(total((l) => l.initialUsd)),
    plus(total((l) => l.maintenanceUsd)),
    plus(total((l) => l.initialHeadroomUsd)),
  ]);
  const titles = ['because of', 'equity', 'initial', 'maintenance', 'initial headroom'];
  return [renderDifference(why.before, why.after, paint), '', table(columns(titles), rows, paint)].join('\n');
}

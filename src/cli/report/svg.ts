/** Charts as inline SVG, drawn for paper: thin lines, dark on white, colours that stay apart in grey. */

export type Series = {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly colour: string;
};

const WIDTH = 860;
const HEIGHT = 240;
const EDGE = { left: 58, right: 12, top: 12, bottom: 26 } as const;

/** Ten colours, dark enough for thin lines (after Paul Tol's vibrant and muted schemes). */
export const COLOURS: readonly string[] = [
  '#004488',
  '#bb5566',
  '#997700',
  '#117733',
  '#882255',
  '#44aa99',
  '#555555',
  '#ee7733',
  '#332288',
  '#aa4499',
];

/** Text made safe inside markup. */
export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function number(x: number): string {
  return x.toFixed(1);
}

type Scale = (value: number) => number;

function scaleOf(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  return (value) => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
}

/** Round tick values, about `count` of them. */
function ticksOf([low, high]: readonly [number, number], count: number): number[] {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  const ticks: number[] = [];
  for (let t = Math.ceil(low / step) * step; t <= high + step * 1e-9; t += step) ticks.push(t);
  return ticks;
}

function frame(inner: string, title: string, height: number = HEIGHT): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeText(title)}"><title>${escapeText(title)}</title>${inner}</svg>`;
}

function axes(
  x: { labels: readonly string[] },
  y: { scale: Scale; ticks: readonly number[]; format: (v: number) => string },
): string {
  const lines = y.ticks.map((t) => {
    const at = number(y.scale(t));
    return `<line x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${at}" y2="${at}" class="grid"/><text x="${EDGE.left - 6}" y="${at}" class="tick end">${escapeText(y.format(t))}</text>`;
  });
  const years = x.labels.map((label) => label.slice(0, 4));
  const marks = years.flatMap((year, i) => {
    if (i === 0 || year === years[i - 1]) return [];
    const at = number(EDGE.left + (i / Math.max(1, years.length - 1)) * (WIDTH - EDGE.left - EDGE.right));
    return [
      `<line x1="${at}" x2="${at}" y1="${EDGE.top}" y2="${HEIGHT - EDGE.bottom}" class="grid"/><text x="${at}" y="${HEIGHT - 8}" class="tick">${year}</text>`,
    ];
  });
  return [...lines, ...marks].join('');
}

/** Lines over time; nulls leave gaps. */
export function lineChart(
  title: string,
  data: {
    readonly labels: readonly string[];
    readonly series: readonly Series[];
    readonly format: (v: number) => string;
  },
): string {
  const all = data.series.flatMap(({ values }) => values.filter((v) => v !== null));
  const low = Math.min(0, ...all);
  const high = Math.max(1e-9, ...all);
  const y = scaleOf([low, high], [HEIGHT - EDGE.bottom, EDGE.top]);
  const x = scaleOf([0, Math.max(1, data.labels.length - 1)], [EDGE.left, WIDTH - EDGE.right]);
  const paths = data.series.map(({ values, colour }) => {
    let path = '';
    let pen = false;
    values.forEach((value, i) => {
      if (value === null) pen = false;
      else {
        path += `${pen ? 'L' : 'M'}${number(x(i))} ${number(y(value))}`;
        pen = true;
      }
    });
    return `<path d="${path}" stroke="${colour}" class="line"/>`;
  });
  const grid = axes(
    { labels: data.labels },
    { scale: y, ticks: ticksOf([low, high], 5), format: data.format },
  );
  return frame(grid + paths.join(''), title) + legend(data.series);
}

function legend(series: readonly { readonly name: string; readonly colour: string }[]): string {
  const items = series.map(
    ({ name, colour }) => `<span><i style="background:${colour}"></i>${escapeText(name)}</span>`,
  );
  return `<p class="legend">${items.join('')}</p>`;
}

/** Bars of equal width with a line at what is expected. */
export function histogram(
  title: string,
  data: { readonly counts: readonly number[]; readonly expected: number; readonly labels: readonly string[] },
): string {
  const high = Math.max(...data.counts, data.expected) * 1.05;
  const y = scaleOf([0, high], [HEIGHT - EDGE.bottom, EDGE.top]);
  const step = (WIDTH - EDGE.left - EDGE.right) / data.counts.length;
  const bars = data.counts.map((count, i) => {
    const top = y(count);
    const at = EDGE.left + i * step;
    return `<rect x="${number(at + 1)}" y="${number(top)}" width="${number(step - 2)}" height="${number(HEIGHT - EDGE.bottom - top)}" class="bar"/><text x="${number(at + step / 2)}" y="${HEIGHT - 8}" class="tick">${escapeText(data.labels[i] ?? '')}</text>`;
  });
  const ticks = axes(
    { labels: [] },
    { scale: y, ticks: ticksOf([0, high], 4), format: (v) => String(Math.round(v)) },
  );
  const line = number(y(data.expected));
  return frame(
    `${ticks}${bars.join('')}<line x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${line}" y2="${line}" class="expected"/>`,
    title,
  );
}

export type Point = {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly colour: string;
};

/** Named points; their area grows with `size` (1 = usual). */
export function scatter(
  title: string,
  data: {
    readonly points: readonly Point[];
    readonly x: string;
    readonly y: string;
    readonly format: { readonly x: (v: number) => string; readonly y: (v: number) => string };
  },
): string {
  const height = 320;
  const range = (values: readonly number[]): [number, number] => {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const pad = (high - low) * 0.1 || 1e-3;
    return [low - pad, high + pad];
  };
  const xs = range(data.points.map((p) => p.x));
  const ys = range(data.points.map((p) => p.y));
  const x = scaleOf(xs, [EDGE.left, WIDTH - 120]);
  const y = scaleOf(ys, [height - 40, EDGE.top]);
  const grid = [
    ...ticksOf(xs, 6).map(
      (t) =>
        `<line x1="${number(x(t))}" x2="${number(x(t))}" y1="${EDGE.top}" y2="${height - 40}" class="grid"/><text x="${number(x(t))}" y="${height - 24}" class="tick">${escapeText(data.format.x(t))}</text>`,
    ),
    ...ticksOf(ys, 5).map(
      (t) =>
        `<line x1="${EDGE.left}" x2="${WIDTH - 120}" y1="${number(y(t))}" y2="${number(y(t))}" class="grid"/><text x="${EDGE.left - 6}" y="${number(y(t))}" class="tick end">${escapeText(data.format.y(t))}</text>`,
    ),
    `<text x="${WIDTH / 2}" y="${height - 6}" class="tick">${escapeText(data.x)}</text>`,
    `<text x="${EDGE.left}" y="9" class="tick">${escapeText(data.y)}</text>`,
  ];
  const points = data.points.map(
    (p) =>
      `<circle cx="${number(x(p.x))}" cy="${number(y(p.y))}" r="${number(4 * Math.sqrt(Math.max(0.2, p.size)))}" fill="${p.colour}"/><text x="${number(x(p.x) + 9)}" y="${number(y(p.y))}" class="tick start">${escapeText(p.name)}</text>`,
  );
  return frame([...grid, ...points].join(''), title, height);
}

/** Rows of stacked shares: green, yellow, red. */
export function lights(
  title: string,
  rows: readonly {
    readonly name: string;
    readonly green: number;
    readonly yellow: number;
    readonly red: number;
  }[],
): string {
  const bar = 18;
  const height = rows.length * (bar + 6) + 8;
  const full = WIDTH - 150 - 70;
  const drawn = rows.map(({ name, green, yellow, red }, i) => {
    const top = 4 + i * (bar + 6);
    const all = Math.max(1, green + yellow + red);
    let at = 150;
    const parts = (
      [
        ['zone-g', green],
        ['zone-y', yellow],
        ['zone-r', red],
      ] as const
    ).map(([zone, count]) => {
      const width = (full * count) / all;
      const rect = `<rect x="${number(at)}" y="${top}" width="${number(width)}" height="${bar}" class="${zone}"/>`;
      at += width;
      return rect;
    });
    const text = `${green} / ${yellow} / ${red}`;
    return `<text x="144" y="${top + bar / 2}" class="tick end">${escapeText(name)}</text>${parts.join('')}<text x="${WIDTH - 64}" y="${top + bar / 2}" class="tick start">${text}</text>`;
  });
  return frame(drawn.join(''), title, height);
}

import { escapeText } from './svg.ts';

const STYLE = `
:root{color-scheme:light}*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:920px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .4rem;border-bottom:1px solid #ccc;padding-bottom:.2rem}p{margin:.4rem 0}.note{color:#555}
table{border-collapse:collapse;width:100%;font-size:12.5px;font-variant-numeric:tabular-nums;margin:.6rem 0}th,td{text-align:right;padding:.22rem .45rem;border-bottom:1px solid #e5e5e5}
th:first-child,td:first-child{text-align:left}th{color:#555;font-weight:600}.bad{color:#a3271b;font-weight:600}.good{color:#14532d}
svg{width:100%;height:auto;display:block}.grid{stroke:#e3e3e3;stroke-width:1}.tick{font-size:11px;fill:#444;text-anchor:middle;dominant-baseline:middle}.end{text-anchor:end}.start{text-anchor:start}
.line{fill:none;stroke-width:1.3}.bar{fill:#6688aa}.expected{stroke:#bb5566;stroke-width:1.5;stroke-dasharray:5 3}.legend{font-size:12px;color:#333}.legend span{margin-right:1em;white-space:nowrap}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.35em;vertical-align:-1px}.zone-g{fill:#4c9a6a}.zone-y{fill:#e0b93f}.zone-r{fill:#b4402f}
@media print{body{margin:0;max-width:none;font-size:10.5pt}h2{break-after:avoid}section,table,svg{break-inside:avoid}.bar,.zone-g,.zone-y,.zone-r,.legend i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

export type Section = { readonly title: string; readonly body: string };

/** A whole page that needs nothing but itself: no script, no font, no address. */
export function page(title: string, lead: string, sections: readonly Section[]): string {
  const parts = sections.map(
    ({ title: heading, body }) => `<section><h2>${escapeText(heading)}</h2>${body}</section>`,
  );
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeText(title)}</title><style>${STYLE}</style></head><body><h1>${escapeText(title)}</h1><p>${escapeText(lead)}</p>${parts.join('\n')}</body></html>\n`;
}

export function paragraph(text: string): string {
  return `<p class="note">${escapeText(text)}</p>`;
}

/** Cells are text; one that begins with `!` is marked as bad. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string =>
    text.startsWith('!')
      ? `<td class="bad">${escapeText(text.slice(1))}</td>`
      : `<td>${escapeText(text)}</td>`;
  const titles = head.map((text) => `<th>${escapeText(text)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  return `<table><thead><tr>${titles}</tr></thead><tbody>${body}</tbody></table>`;
}

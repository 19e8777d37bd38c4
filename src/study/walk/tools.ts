import { type BufferSpec, type BufferState, stepBuffer, stepTowards } from '../../margin/dynamic.ts';
import { daysOfBook, type WalkTable } from './table.ts';

/** A tool that turns the calculated margin of a book, day by day, into what is called. */
export type PathTool =
  | { readonly kind: 'buffer'; readonly spec: BufferSpec }
  | { readonly kind: 'speed-limit'; readonly frac: number };

/** A column of a table under a tool, with a name of its own. */
export type ToolRequest = { readonly id: string; readonly of: string; readonly tool: PathTool };

/** Adds columns for what would have been called under each tool; tools of methods that the table does not have are left out. */
export function withTools(table: WalkTable, requests: readonly ToolRequest[]): WalkTable {
  const methodIds = [...table.methodIds];
  const margins = [...table.margins];
  for (const { id, of, tool } of requests) {
    const m = table.methodIds.indexOf(of);
    if (m < 0) continue;
    methodIds.push(id);
    margins.push(calledUnder(table, table.margins[m]!, tool));
  }
  return { ...table, methodIds, margins };
}

function calledUnder(table: WalkTable, margin: Float64Array, tool: PathTool): Float64Array {
  const out = new Float64Array(margin.length).fill(NaN);
  for (let b = 0; b < table.books; b += 1) {
    let state: BufferState = { reference: null };
    let before: number | null = null;
    for (const d of daysOfBook(table, b)) {
      const at = d * table.books + b;
      if (tool.kind === 'buffer') {
        const step = stepBuffer(state, margin[at]!, tool.spec);
        state = step.state;
        out[at] = step.called;
      } else {
        before = stepTowards(before, margin[at]!, tool.frac);
        out[at] = before;
      }
    }
  }
  return out;
}

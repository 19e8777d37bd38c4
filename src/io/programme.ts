import highs, { type LegacyHighs } from 'highs';
import type { DeliveryProgramme, ProgrammeSolver } from '../collateral/delivery.ts';

/** The package's types take its module for CommonJS; at run time the default export is the loader. */
const load = highs as unknown as () => Promise<LegacyHighs>;

/** Loads the HiGHS mixed-integer solver and gives it the shape that {@link planDelivery} asks for. Exact to its tolerance of 1e-6. */
export async function loadProgrammeSolver(): Promise<ProgrammeSolver> {
  const solver = await load();
  return (programme) => {
    const solution = solver.solve(toText(programme), { mip_rel_gap: 0 });
    if (solution.Status !== 'Optimal') return null;
    return programme.columns.map((_, i) => {
      const column = solution.Columns[`x${i}`];
      return column !== undefined && 'Primal' in column ? Math.round(Number(column.Primal)) : 0;
    });
  };
}

/** The programme in the LP text format. */
function toText({ needUsd, columns }: DeliveryProgramme): string {
  const sum = (of: (column: (typeof columns)[number]) => number): string =>
    columns.map((column, i) => `${of(column)} x${i}`).join(' + ');
  const bounds = columns.map((column, i) => ` 0 <= x${i} <= ${column.lotsMax}`);
  const whole = columns.map((_, i) => `x${i}`).join(' ');
  return [
    'Minimize',
    ` cost: ${sum((c) => c.costUsd)}`,
    'Subject To',
    ` need: ${sum((c) => c.gainUsd)} >= ${needUsd}`,
    'Bounds',
    ...bounds,
    'General',
    ` ${whole}`,
    'End',
  ].join('\n');
}

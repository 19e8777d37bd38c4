import { COLOURED, type Paint, PLAIN } from './render/paint.ts';

/** Where a command speaks: results to `print`, remarks to `note`, and the exit code it will end with. */
export type Terminal = {
  readonly print: (text: string) => void;
  readonly note: (text: string) => void;
  readonly exitWith: (code: number) => void;
  readonly paint: Paint;
};

/** The process's own streams; colours only on a terminal that has not asked for none (`NO_COLOR`). */
export function processTerminal(): Terminal {
  const coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    exitWith: (code) => {
      process.exitCode = code;
    },
    paint: coloured || process.env['FORCE_COLOR'] !== undefined ? COLOURED : PLAIN,
  };
}

/** Everything the terminal shows fits this many columns. */
export const COLUMNS_MAX = 100;

/** Colours, or none: chosen once from the terminal, never part of `--json`. */
export type Paint = {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  /** Background from loss (−1) over neutral (0) to gain (+1); colour-blind safe: orange to blue. */
  readonly heat: (level: number, text: string) => string;
};

const escape = (code: string, text: string): string => `\u001b[${code}m${text}\u001b[0m`;

const LOSSES = [223, 216, 209, 202, 166, 130];
const GAINS = [195, 153, 117, 75, 33, 26];

export const COLOURED: Paint = {
  dim: (text) => escape('2', text),
  bold: (text) => escape('1', text),
  good: (text) => escape('34', text),
  bad: (text) => escape('33', text),
  heat: (level, text) => {
    const scale = level < 0 ? LOSSES : GAINS;
    const step = Math.min(scale.length - 1, Math.floor(Math.abs(level) * scale.length));
    if (Math.abs(level) < 0.02) return text;
    const ink = step >= 4 ? '97' : '30';
    return escape(`48;5;${scale[step]!};${ink}`, text);
  },
};

const same = (text: string): string => text;
export const PLAIN: Paint = { dim: same, bold: same, good: same, bad: same, heat: (_, text) => text };

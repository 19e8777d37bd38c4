import { betaRegularised } from '../../base/beta.ts';
import {
  binomialCdf,
  binomialPmf,
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSurvival,
  kolmogorovSurvival,
  studentTCdf,
  studentTPdf,
  studentTQuantile,
} from '../../base/distribution.ts';
import { lgamma } from '../../base/gamma.ts';
import { normalCdf, normalLogCdf, normalPdf, normalQuantile } from '../../base/normal.ts';
import { SOBOL_DIMENSIONS_MAX, sobolPoints } from '../../base/sobol.ts';
import { compare, fail } from './compare.ts';
import { listOf, numberOf, objectOf, parseObject, rowsOf, textOf, toleranceAfter } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';

const TOLERANCE = 1e-12;
/** The step between subnormal numbers: no result can be nearer than that. */
const SUBNORMAL_STEP = 5e-324;
/** The reference takes a small chi-square cdf as 1 − sf with 50 digits, and prints 0 for what is lost. */
const CHI_SQUARE_CDF_STEP = 1e-50;

/** A list of the file: its inputs, where they make sense, and what is compared, by field. */
type Section = {
  readonly inputs: readonly string[];
  readonly accepts: (inputs: readonly number[]) => boolean;
  readonly fields: Readonly<Record<string, (inputs: readonly number[]) => number>>;
};

const anything = (inputs: readonly number[]): boolean => inputs.every((x) => !Number.isNaN(x));
const positive = (x: number | undefined): boolean => x !== undefined && x > 0 && x < Infinity;
const fraction = (x: number | undefined): boolean => x !== undefined && x >= 0 && x <= 1;

const SECTIONS: Readonly<Record<string, Section>> = {
  normal: {
    inputs: ['x'],
    accepts: anything,
    fields: {
      cdf: ([x]) => normalCdf(x!),
      pdf: ([x]) => normalPdf(x!),
      log_cdf: ([x]) => normalLogCdf(x!),
    },
  },
  normal_quantile: {
    inputs: ['p'],
    accepts: ([p]) => fraction(p),
    fields: { x: ([p]) => normalQuantile(p!) },
  },
  student_t: {
    inputs: ['x', 'df'],
    accepts: (inputs) => anything(inputs) && positive(inputs[1]),
    fields: { cdf: ([x, df]) => studentTCdf(x!, df!), pdf: ([x, df]) => studentTPdf(x!, df!) },
  },
  student_t_quantile: {
    inputs: ['p', 'df'],
    accepts: ([p, df]) => fraction(p) && positive(df),
    fields: { x: ([p, df]) => studentTQuantile(p!, df!) },
  },
  chi2: {
    inputs: ['x', 'df'],
    accepts: (inputs) => anything(inputs) && positive(inputs[1]),
    fields: { sf: ([x, df]) => chiSquareSurvival(x!, df!), cdf: ([x, df]) => chiSquareCdf(x!, df!) },
  },
  chi2_quantile: {
    inputs: ['p', 'df'],
    accepts: ([p, df]) => fraction(p) && positive(df),
    fields: { x: ([p, df]) => chiSquareQuantile(p!, df!) },
  },
  lgamma: { inputs: ['x'], accepts: ([x]) => positive(x), fields: { lgamma: ([x]) => lgamma(x!) } },
  beta_regularised: {
    inputs: ['a', 'b', 'x'],
    accepts: ([a, b, x]) => positive(a) && positive(b) && fraction(x),
    fields: { betainc: ([a, b, x]) => betaRegularised(a!, b!, x!) },
  },
  binomial: {
    inputs: ['k', 'n', 'p'],
    accepts: ([k, n, p]) => Number.isSafeInteger(n) && n! >= 0 && fraction(p) && !Number.isNaN(k),
    fields: { cdf: ([k, n, p]) => binomialCdf(k!, n!, p!), pmf: ([k, n, p]) => binomialPmf(k!, n!, p!) },
  },
  kolmogorov: { inputs: ['x'], accepts: anything, fields: { sf: ([x]) => kolmogorovSurvival(x!) } },
};

/** The looser tolerance that the header grants to some Student-t quantiles: `1e-10 for quantiles of t with df<3 and p<1e-6`. */
const STUDENT_EXCEPTION = /([\d.e+-]+) for quantiles of t with df<([\d.e+-]+) and p<([\d.e+-]+)/;

function studentTolerance(suggested: string, [p, df]: readonly number[]): number {
  const match = STUDENT_EXCEPTION.exec(suggested);
  const applies = match !== null && df! < Number(match[2]) && Math.min(p!, 1 - p!) < Number(match[3]);
  return applies ? Number(match[1]) : 0;
}

/** Relative tolerance of one comparison, widened by what the reference's own digits resolve; absolute where 0 is expected. */
function toleranceOf(
  { list, field, expected }: { list: string; field: string; expected: unknown },
  suggested: string,
  inputs: readonly number[],
): number {
  const relative = toleranceAfter(suggested, 'relative', TOLERANCE);
  const granted = list === 'student_t_quantile' ? studentTolerance(suggested, inputs) : 0;
  const step = list === 'chi2' && field === 'cdf' ? CHI_SQUARE_CDF_STEP : SUBNORMAL_STEP;
  const size = Math.abs(numberOf(expected));
  return size === 0 ? step : Math.max(relative, granted) + (Number.isFinite(size) ? step / size : 0);
}

function* runSection(json: Json, list: string, suggested: string): Iterable<ConformCase> {
  const section = SECTIONS[list]!;
  for (const row of rowsOf(json[list])) {
    const inputs = section.inputs.map((field) => numberOf(row[field]));
    const name = `${list} ${section.inputs.map((field, i) => `${field}=${inputs[i]}`).join(' ')}`;
    if (!section.accepts(inputs)) {
      yield fail(name, section.inputs.join(), 'inputs outside the domain of the function');
      continue;
    }
    for (const [field, compute] of Object.entries(section.fields)) {
      const expected = row[field] ?? null;
      if (expected === null) continue;
      const tolerance = toleranceOf({ list, field, expected }, suggested, inputs);
      yield compare({ name, field, actual: compute(inputs), expected, tolerance });
    }
  }
}

/** Rows of `sobol_<d>d_first_<n>` must be among the first n points, to the bit and in their order; where all are listed, that is equality. */
function* runSobol(json: Json, list: string): Iterable<ConformCase> {
  const [, dimensionsText, countText] = /^sobol_(\d+)d_first_(\d+)$/.exec(list) ?? [];
  const dimensions = Number(dimensionsText);
  const count = Number(countText);
  if (!(dimensions >= 1 && dimensions <= SOBOL_DIMENSIONS_MAX && count <= 1e6)) {
    return yield fail(
      list,
      'dimensions',
      `expected 1 to ${SOBOL_DIMENSIONS_MAX} dimensions and at most 1e6 points`,
    );
  }
  const points = sobolPoints({ dimensions, start: 0, count });
  const rows = listOf(json[list]).map(listOf);
  let next = 0;
  for (const [i, row] of rows.entries()) {
    const equals = (at: number): boolean =>
      row.length === dimensions && row.every((x, d) => x === points[at * dimensions + d]);
    let at = rows.length === count ? i : next;
    if (rows.length < count) while (at < count && !equals(at)) at += 1;
    const found = at < count && equals(at);
    const expected = row.join(' ');
    const actual = at < count ? points.slice(at * dimensions, (at + 1) * dimensions).join(' ') : null;
    const common = { name: `${list} row ${i}`, field: 'point', tolerance: 0, expected, actual };
    if (found) yield { ...common, status: 'passed', deviation: 0 };
    else yield { ...common, status: 'failed', deviation: Infinity };
    if (found) next = at + 1;
  }
}

/** Other files may have one list of the same name; several make it this file. */
function isSpecial(json: Json): boolean {
  const known = Object.keys(json).filter(
    (list) => Object.hasOwn(SECTIONS, list) || list.startsWith('sobol_'),
  );
  return (
    known.length >= 2 ||
    (known.length === 1 && textOf(objectOf(json['header'])['title']) === 'Special functions')
  );
}

function* run(input: ConformInput): Iterable<ConformCase> {
  let found = false;
  for (const file of input.files) {
    const json = parseObject(file.text);
    if (json === null || !isSpecial(json)) continue;
    const suggested = textOf(objectOf(json['header'])['suggested_tolerance']);
    for (const list of Object.keys(json)) {
      const isSobol = list.startsWith('sobol_');
      if (!isSobol && !Object.hasOwn(SECTIONS, list)) continue;
      found = true;
      yield* isSobol ? runSobol(json, list) : runSection(json, list, suggested);
    }
  }
  if (!found) yield fail('special', 'file', 'no JSON file with a list of special function values');
}

/** Special functions and distributions. */
export const SPECIAL_SUITE: ConformSuite = {
  id: 'special',
  about:
    'Normal, Student, chi-square, gamma, beta, binomial and Kolmogorov functions and Sobol points against 50-digit values.',
  run,
};

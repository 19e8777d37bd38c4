import { describeFailure, type Failure, isFailure } from '../../base/failure.ts';
import type { InitialAndMaintenance } from '../../margin/grid/model.ts';
import {
  type CasePortfolio,
  casePlaces,
  compareWhole,
  isCasePortfolio,
  readCasePortfolio,
} from './derive-cases.ts';
import { type NamedOverride, overrideOf } from './derive-environment.ts';
import type { ConformCase, ConformFile, ConformInput, ConformSuite } from './suite.ts';
import { fail, skip } from './compare.ts';
import { type Json, objectOf } from './json.ts';
import { casesIn, isRecord, jsonFiles, nameOfFile, type NamedJson } from './venue-json.ts';

/** A suite over both forms in which Derive publishes cases; a file or folder may hold either. */
export type DeriveSuite = Pick<ConformSuite, 'id' | 'about'> & {
  /** Compares one case of arrays, `scenario` against `expected`. */
  readonly arrayCase: (
    name: string,
    of: { readonly scenario: Json; readonly expected: Json },
  ) => Iterable<ConformCase>;
  /** What the harness of the generated cases changes, and the margin balance of one. */
  readonly overrides: readonly NamedOverride[];
  readonly generatedHeadroom: (
    portfolio: CasePortfolio,
    override: NamedOverride['market'],
  ) => InitialAndMaintenance | Failure;
};

function* generatedCases(cases: readonly NamedJson[], of: DeriveSuite): Generator<ConformCase> {
  const places = casePlaces(cases.map(({ value }) => value));
  const names = cases.map(({ name }) => name);
  for (const [i, { name, value }] of cases.entries()) {
    const portfolio = readCasePortfolio(value, places);
    const headroom = isFailure(portfolio)
      ? portfolio
      : of.generatedHeadroom(portfolio, overrideOf(of.overrides, names, i + 1));
    if (isFailure(portfolio) || isFailure(headroom)) {
      yield fail(name, 'input', describeFailure(isFailure(portfolio) ? portfolio : (headroom as Failure)));
      continue;
    }
    const { expected } = portfolio;
    yield compareWhole(name, 'im', { expected: expected.initial, actual: headroom.initial });
    yield compareWhole(name, 'mm', { expected: expected.maintenance, actual: headroom.maintenance });
  }
}

function* arrayCases(name: string, json: Json, of: DeriveSuite): Generator<ConformCase> {
  const expected = objectOf(json['Result']);
  if (Object.keys(expected).length === 0) {
    yield skip(name, 'Result', 'the case publishes no results');
    return;
  }
  let compared = 0;
  for (const found of of.arrayCase(name, { scenario: objectOf(json['Scenario']), expected })) {
    compared += 1;
    yield found;
  }
  if (compared === 0) yield fail(name, 'Result', 'none of its numbers is known');
}

function* fileCases(file: ConformFile, json: unknown, of: DeriveSuite): Generator<ConformCase> {
  const isArrays = (value: Json): boolean => isRecord(value['Scenario']);
  const isCase = (value: Json): boolean => isArrays(value) || isCasePortfolio(value);
  const cases = casesIn(json, { name: nameOfFile(file), isCase });
  if (cases.length === 0) yield fail(file.name, 'input', 'no case of either known form');
  for (const { name, value } of cases) if (isArrays(value)) yield* arrayCases(name, value, of);
  yield* generatedCases(
    cases.filter(({ value }) => !isArrays(value)),
    of,
  );
}

/** Makes the suite. */
export function deriveSuite(of: DeriveSuite): ConformSuite {
  return {
    id: of.id,
    about: of.about,
    *run(input: ConformInput): Generator<ConformCase> {
      for (const entry of jsonFiles(input)) {
        if ('status' in entry) yield entry;
        else yield* fileCases(entry.file, entry.json, of);
      }
    },
  };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/base/catalogue.ts';
import { type Failure, isFailure } from '../../src/base/failure.ts';
import { parseAccounts, parseBookFile } from '../../src/contract/book-file.ts';
import { parseJson } from '../../src/contract/json-text.ts';
import { parseMarketFile } from '../../src/contract/market-file.ts';
import { parseMethodologyFile } from '../../src/contract/methodology-file.ts';
import { toMarginJson } from '../../src/contract/report-json.ts';
import { assess, type AssessInput } from '../../src/margin/assess.ts';
import { METHOD_IDS, type MethodId } from '../../src/margin/report.ts';
import { buildRiskModel, heldProducts } from '../../src/margin/risk-model.ts';
import { SETS } from '../../src/margin/universe.fixture.ts';
import { BOOK_DOCUMENT, MARKET_DOCUMENT, METHODOLOGY_DOCUMENT } from './documents.ts';
import { editsOf, mutationsOf } from './mutate.ts';

const SEED = 20_260_117;

type Documents = { readonly book: unknown; readonly market: unknown; readonly methodology: unknown };
const GOOD: Documents = { book: BOOK_DOCUMENT, market: MARKET_DOCUMENT, methodology: METHODOLOGY_DOCUMENT };

/** What a person would get for these documents: the reports as JSON, or the first refusal. */
function answer({ book, market, methodology }: Documents, method: MethodId): readonly unknown[] | Failure {
  const file = parseBookFile(book);
  if (isFailure(file)) return file;
  const at = parseMarketFile(market);
  if (isFailure(at)) return at;
  const rules = parseMethodologyFile(methodology);
  if (isFailure(rules)) return rules;
  const accounts = parseAccounts(file, at);
  if (isFailure(accounts)) return accounts;
  const risk = buildRiskModel(SETS, at, heldProducts(accounts, at));
  if (isFailure(risk)) return risk;
  const out: unknown[] = [];
  for (const account of accounts) {
    const linked = accounts.filter((other) => other.owner === account.owner && other !== account);
    const dailyVol = new Map([['BTC', 0.03]]);
    const previousHealth: AssessInput['previousHealth'] = 'healthy';
    const report = assess(method, {
      account,
      market: at,
      methodology: rules,
      risk,
      dailyVol,
      linked,
      previousHealth,
    });
    if (isFailure(report)) return report;
    expect(report.initialUsd).toBeGreaterThanOrEqual(0);
    expect(report.maintenanceUsd).toBeGreaterThanOrEqual(0);
    out.push(toMarginJson(report));
  }
  return out;
}

/** Paths of numbers that are not finite. */
function unsound(node: unknown, path = '$'): string[] {
  if (typeof node === 'number') return Number.isFinite(node) ? [] : [`${path} = ${node}`];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, inner]) => unsound(inner, `${path}.${key}`));
}

function expectSound(given: readonly unknown[] | Failure): 'answered' | 'refused' {
  if (!isFailure(given)) {
    expect(unsound(given)).toEqual([]);
    return 'answered';
  }
  expect(Object.keys(ERRORS)).toContain(given.failure);
  expect(given.field).not.toBe('');
  expect(given.expected).not.toBe('');
  return 'refused';
}

const methods = fc.constantFrom(...METHOD_IDS);

/** Runs a property and demands that both outcomes were seen, so that neither branch goes untested. */
function both<T>(documents: fc.Arbitrary<T>, toDocuments: (given: T) => Documents, numRuns: number): void {
  const seen = { answered: 0, refused: 0 };
  fc.assert(
    fc.property(documents, methods, (given, method) => {
      seen[expectSound(answer(toDocuments(given), method))] += 1;
    }),
    { seed: SEED, numRuns },
  );
  expect(seen.answered).toBeGreaterThan(numRuns / 50);
  expect(seen.refused).toBeGreaterThan(numRuns / 50);
}

describe('whatever the documents say, the answer is a sound report or a coded refusal', () => {
  it('is an answer for the good ones', () => {
    for (const method of METHOD_IDS) expect(expectSound(answer(GOOD, method)), method).toBe('answered');
  });

  it('holds for spoilt books', () => {
    both(mutationsOf(GOOD.book), (book) => ({ ...GOOD, book }), 3_000);
  });

  it('holds for spoilt markets', () => {
    both(mutationsOf(GOOD.market), (market) => ({ ...GOOD, market }), 3_000);
  });

  it('holds for spoilt methodologies', () => {
    both(mutationsOf(GOOD.methodology), (methodology) => ({ ...GOOD, methodology }), 3_000);
  });

  it('holds for spoilt text', () => {
    for (const name of ['book', 'market', 'methodology'] as const) {
      fc.assert(
        fc.property(editsOf(JSON.stringify(GOOD[name])), methods, (text, method) => {
          const parsed = parseJson(text, name);
          if (isFailure(parsed)) expectSound(parsed);
          else expectSound(answer({ ...GOOD, [name]: parsed.value }, method));
        }),
        { seed: SEED, numRuns: 1_000 },
      );
    }
  });
});

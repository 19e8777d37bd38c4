import { type Failure, isFailure } from '../base/failure.ts';
import { assessPool, type Pool } from '../collateral/pool.ts';
import { type AssessInput, requireBy, rulesOf } from './assess.ts';
import { METHOD_IDS, type MethodComparison, type MethodId } from './report.ts';
import { type ValuedBook, valueBook } from './valued-book.ts';

const NO_POOL: Pool = { lines: [], grossUsd: 0, countedUsd: 0 };

/** The same book under every method, in the order of {@link METHOD_IDS}. Refuses where one of them does. */
export function compareMethods(input: AssessInput): MethodComparison[] | Failure {
  const book = valueBook(input.account, input.market);
  if (isFailure(book)) return book;
  const out: MethodComparison[] = [];
  for (const method of METHOD_IDS) {
    const pool = assessPool(book.holdings, input.market, rulesOf(method, input.methodology.collateral));
    if (isFailure(pool)) return pool;
    const required = requireBy(method, { book, pool, input });
    if (isFailure(required)) return required;
    out.push({
      method,
      equityUsd: pool.countedUsd,
      initialUsd: required.initialUsd,
      maintenanceUsd: required.maintenanceUsd,
      initialHeadroomUsd: pool.countedUsd - required.initialUsd,
    });
  }
  return out;
}

/** What a method would ask if nothing netted: the sum of its requirements for each pooled position alone, no collateral simulated. */
export function isolationCost(method: MethodId, input: AssessInput): number | Failure {
  const book = valueBook(input.account, input.market);
  if (isFailure(book)) return book;
  let sum = 0;
  for (const position of book.pooled) {
    const alone: ValuedBook = { ...book, pooled: [position], holdings: new Map() };
    const required = requireBy(method, { book: alone, pool: NO_POOL, input });
    if (isFailure(required)) return required;
    sum += required.initialUsd;
  }
  return sum;
}

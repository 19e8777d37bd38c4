import { type Failure, isFailure } from '../base/failure.ts';
import { assessPool, type Pool } from '../collateral/pool.ts';
import { type AssessInput, hasRisk, needOfOrders, requireAtRisk, requireBy, rulesOf } from './assess.ts';
import { METHOD_IDS, type MethodComparison, type MethodId } from './report.ts';
import { type ValuedBook, valueBook } from './valued-book.ts';

const NO_POOL: Pool = { lines: [], grossUsd: 0, countedUsd: 0 };

/** The same book under every method, in the order of {@link METHOD_IDS} (MARGIN-010). Refuses where one of them does. */
export function compareMethods(input: AssessInput): MethodComparison[] | Failure {
  const book = valueBook(input.account, input.market);
  if (isFailure(book)) return book;
  const out: MethodComparison[] = [];
  for (const method of METHOD_IDS) {
    const pool = assessPool(book.holdings, input.market, rulesOf(method, input.methodology.collateral));
    if (isFailure(pool)) return pool;
    const required = requireAtRisk(method, { book, pool, input });
    if (isFailure(required)) return required;
    const orders = needOfOrders(method, input);
    if (isFailure(orders)) return orders;
    const initialUsd = required.initialUsd + orders.usd;
    out.push({
      method,
      equityUsd: pool.countedUsd,
      initialUsd,
      maintenanceUsd: required.maintenanceUsd,
      initialHeadroomUsd: pool.countedUsd - initialUsd,
    });
  }
  return out;
}

/**
 * What a method would ask if nothing netted: the sum of its requirements for each pooled position alone, and for the collateral alone
 * where the method simulates it, and what open orders need beside them.
 */
export function isolationCost(method: MethodId, input: AssessInput): number | Failure {
  const book = valueBook(input.account, input.market);
  if (isFailure(book)) return book;
  const pool = assessPool(book.holdings, input.market, rulesOf(method, input.methodology.collateral));
  if (isFailure(pool)) return pool;
  const alone = (pooled: ValuedBook['pooled'], held: Pool): number | Failure => {
    const required = requireBy(method, { book: { ...book, pooled }, pool: held, input });
    return isFailure(required) ? required : required.initialUsd;
  };
  const orders = needOfOrders(method, input);
  if (isFailure(orders)) return orders;
  let sum = orders.usd;
  if (!hasRisk(book, pool)) return sum;
  const each = book.pooled.map((position) => alone([position], NO_POOL));
  const collateral = pool.lines.map((line) => alone([], { ...NO_POOL, lines: [line] }));
  for (const cost of [...each, ...collateral]) {
    if (isFailure(cost)) return cost;
    sum += cost;
  }
  return sum;
}

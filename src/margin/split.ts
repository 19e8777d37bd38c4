import { type Failure, isFailure } from '../base/failure.ts';
import type { Contribution, Requirement } from './report.ts';
import { scalePosition, type ValuedBook } from './valued-book.ts';

/** Relative bump of a position's quantity: large against rounding, small against the kinks of a grid. */
const BUMP = 1e-4;

/**
 * Euler contributions of a requirement that is homogeneous in the positions but has no vector to split by (METHOD-071): q·∂R/∂q from a central
 * bump of every position. Kinks and fixed charges leave a remainder; it is shared in proportion, so the parts sum to the requirement.
 * Costs two assessments a position.
 */
export function splitByBump(
  requirement: Requirement,
  book: ValuedBook,
  requireOf: (book: ValuedBook) => Requirement | Failure,
): Contribution[] | Failure {
  const slopes = new Float64Array(book.pooled.length);
  for (let i = 0; i < slopes.length; i++) {
    const up = requireOf(bumped(book, i, 1 + BUMP));
    if (isFailure(up)) return up;
    const down = requireOf(bumped(book, i, 1 - BUMP));
    if (isFailure(down)) return down;
    slopes[i] = (up.initialUsd - down.initialUsd) / (2 * BUMP);
  }
  const sum = slopes.reduce((total, x) => total + x, 0);
  const magnitude = slopes.reduce((total, x) => total + Math.abs(x), 0);
  const rest = requirement.initialUsd - sum;
  return book.pooled.map(({ product }, i) => ({
    kind: 'position',
    id: product.id,
    underlying: product.underlying,
    initialUsd: slopes[i]! + rest * (magnitude > 0 ? Math.abs(slopes[i]!) / magnitude : 1 / slopes.length),
    standaloneUsd: null,
  }));
}

function bumped(book: ValuedBook, at: number, by: number): ValuedBook {
  return { ...book, pooled: book.pooled.map((p, i) => (i === at ? scalePosition(p, by) : p)) };
}

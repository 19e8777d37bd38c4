import { type Failure, isFailure } from '../../base/failure.ts';
import type { AssetId } from '../../product/product.ts';
import type { GridModel } from '../grid/model.ts';
import { assessGridPortfolio } from '../grid/portfolio.ts';
import type { MethodId, Requirement } from '../report.ts';
import type { ValuedBook } from '../valued-book.ts';
import { toVenueBooks } from './venue-book.ts';

/** A grid model with the groups of underlyings that may offset each other under it. */
export type GridMethod = {
  readonly model: GridModel;
  readonly offsetGroups: readonly (readonly AssetId[])[];
};

/**
 * Worst scenario of a grid per group of underlyings, with the model's contingencies (METHOD-030). Never below zero. Contributions are
 * left to the caller, who may split by bump. Refuses what the grid engine refuses.
 */
export function requireByGrid(
  book: ValuedBook,
  method: MethodId,
  { model, offsetGroups }: GridMethod,
): Requirement | Failure {
  const books = [...toVenueBooks(book)].map(([underlying, venueBook]) => ({
    underlying,
    group: groupOf(underlying, offsetGroups),
    book: venueBook,
  }));
  const result = assessGridPortfolio(books, model);
  if (isFailure(result)) return result;
  const initialUsd = Math.max(0, result.requirement.initial);
  const maintenanceUsd = Math.max(0, result.requirement.maintenance);
  const factor = [...result.underlyings.values()][0]?.lossFactor ?? { initial: 1, maintenance: 1 };
  const scans = result.groups.map((group) => ({
    id: `scan ${group.group}`,
    about: `worst scenario: ${group.worst.name}`,
    initialUsd: -group.worst.pnl * factor.initial,
    maintenanceUsd: -group.worst.pnl * factor.maintenance,
  }));
  const rest = {
    id: 'contingencies',
    about: 'charges for what the scan does not see, and minimums',
    initialUsd: initialUsd - scans.reduce((sum, scan) => sum + scan.initialUsd, 0),
    maintenanceUsd: maintenanceUsd - scans.reduce((sum, scan) => sum + scan.maintenanceUsd, 0),
  };
  return {
    method,
    initialUsd,
    maintenanceUsd,
    components: [...scans, rest],
    contributions: [],
    scenarios: [],
  };
}

function groupOf(underlying: AssetId, groups: readonly (readonly AssetId[])[]): string {
  return groups.find((group) => group.includes(underlying))?.join('+') ?? underlying;
}

/** An account under every scenario: P&L of positions and collateral, and what it has to meet losses with. USD. */
export type StressedAccount = {
  readonly id: string;
  readonly pnl: Float64Array;
  /** Equity, or the margin that a fully margined account holds: losses beyond it fall on others. */
  readonly resourcesUsd: number;
};

export type Failing = { readonly id: string; readonly beyondUsd: number };

/** One scenario for the whole venue. */
export type ScenarioOutcome = {
  readonly name: string;
  /** Accounts whose loss exceeds their resources, largest first, ties by id. */
  readonly failing: readonly Failing[];
  readonly beyondUsd: number;
  /** Beyond margin of the largest one, and of the two largest. */
  readonly coverOneUsd: number;
  readonly coverTwoUsd: number;
  /** What is left of the fund if all of them fail, and what is then still uncovered. */
  readonly fundLeftUsd: number;
  readonly uncoveredUsd: number;
};

/** Venue-wide stress: the scenarios, worst first, and the funds that would have done. */
export type VenueStress = {
  readonly accounts: number;
  readonly fundUsd: number;
  readonly outcomes: readonly ScenarioOutcome[];
  /** Fund that survives the failure of the largest account, of the two largest, and of all that fail, in every scenario. */
  readonly fundCoverOneUsd: number;
  readonly fundCoverTwoUsd: number;
  readonly fundCoverAllUsd: number;
};

/**
 * Who fails in which scenario, by how much, and what the fund pays; cover-1 and cover-2 as clearing houses size their funds (CPMI-IOSCO
 * Principles for financial market infrastructures, principle 4).
 */
export function assessVenueStress(input: {
  readonly names: readonly string[];
  readonly accounts: readonly StressedAccount[];
  readonly fundUsd: number;
}): VenueStress {
  const { names, accounts, fundUsd } = input;
  const outcomes = names.map((name, s) => outcomeOf(name, { s, accounts, fundUsd }));
  outcomes.sort((a, b) => b.beyondUsd - a.beyondUsd || (a.name < b.name ? -1 : 1));
  const largest = (pick: (outcome: ScenarioOutcome) => number): number => Math.max(0, ...outcomes.map(pick));
  return {
    accounts: accounts.length,
    fundUsd,
    outcomes,
    fundCoverOneUsd: largest((outcome) => outcome.coverOneUsd),
    fundCoverTwoUsd: largest((outcome) => outcome.coverTwoUsd),
    fundCoverAllUsd: largest((outcome) => outcome.beyondUsd),
  };
}

function outcomeOf(
  name: string,
  of: { readonly s: number; readonly accounts: readonly StressedAccount[]; readonly fundUsd: number },
): ScenarioOutcome {
  const failing = of.accounts.flatMap(({ id, pnl, resourcesUsd }): Failing[] => {
    const beyondUsd = -pnl[of.s]! - resourcesUsd;
    return beyondUsd > 0 ? [{ id, beyondUsd }] : [];
  });
  failing.sort((a, b) => b.beyondUsd - a.beyondUsd || (a.id < b.id ? -1 : 1));
  const beyondUsd = failing.reduce((sum, one) => sum + one.beyondUsd, 0);
  const coverOneUsd = failing[0]?.beyondUsd ?? 0;
  return {
    name,
    failing,
    beyondUsd,
    coverOneUsd,
    coverTwoUsd: coverOneUsd + (failing[1]?.beyondUsd ?? 0),
    fundLeftUsd: Math.max(0, of.fundUsd - beyondUsd),
    uncoveredUsd: Math.max(0, beyondUsd - of.fundUsd),
  };
}

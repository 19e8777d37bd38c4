import type { Command } from 'commander';
import { filterOf } from '../../margin/scenario-sets.ts';
import { volatilityPath } from '../../scenario/families/filtered-set.ts';
import { stressSet } from '../../scenario/families/stress.ts';
import { changesAt, type FactorModel } from '../../scenario/factors.ts';
import {
  type CascadeOutcome,
  type CascadeRules,
  DEFAULT_CASCADE,
  runCascade,
} from '../../study/cascade/cascade.ts';
import { compareWinners, type WinnersComparison } from '../../study/cascade/winners.ts';
import { orRefuse } from '../failure-exit.ts';
import { percent, usd } from '../render/format.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';
import { loadVenue, type VenueOptions, venueOptions } from '../venue-options.ts';
import { numberOf } from '../walk-options.ts';

type CascadeOptions = VenueOptions & {
  readonly shock: string;
  readonly volume: string;
  readonly pace: string;
  readonly breaker: string;
};

/** Adds `plimsoll cascade`. */
export function addCascade(program: Command, terminal: Terminal): void {
  const command = program
    .command('cascade')
    .description(
      'a shock runs through the venue until it rests: liquidations move prices, prices liquidate; pacing and breakers on and off',
    );
  venueOptions(command)
    .option('--shock <fraction>', 'fall of the root asset; the others follow by beta', '0.1')
    .option('--volume <usd>', 'daily volume of every asset', '200000000')
    .option(
      '--pace <fraction>',
      'most that is sold of an asset in a round, as a share of daily volume',
      '0.01',
    )
    .option('--breaker <fraction>', 'move within a round that pauses liquidations', '0.02')
    .action(async (book: string | undefined, options: CascadeOptions) => {
      const { venue, methodology, label } = await loadVenue(book, options);
      const shock = shockOf(venue.model, numberOf('--shock', options.shock));
      const sigmas = dailyVols(venue.model, filterOf(methodology));
      const depth = {
        ...DEFAULT_CASCADE.depth,
        dailyVolumeUsd: { other: numberOf('--volume', options.volume) },
      };
      const paceFrac = numberOf('--pace', options.pace);
      const breakerFrac = numberOf('--breaker', options.breaker);
      const cases: readonly (readonly [string, Partial<CascadeRules>])[] = [
        ['neither', {}],
        ['pacing', { paceFrac }],
        ['breaker', { breakerFrac }],
        ['both', { paceFrac, breakerFrac }],
      ];
      const outcomes = cases.map(([name, over]) => ({
        name,
        outcome: orRefuse(
          runCascade(venue, shock, { rules: { ...DEFAULT_CASCADE, depth, ...over }, sigmas }),
        ),
      }));
      const first = outcomes[0]!.outcome;
      const winners = [...shock.keys()].flatMap(
        (asset) => orRefuse(compareWinners(venue, first, asset)) ?? [],
      );
      if (options.json === true) terminal.print(JSON.stringify(toJson(label, outcomes, winners), null, 2));
      else terminal.print(render({ label, outcomes, winners }, terminal));
    });
}

/** Moves of the stress block for that fall of the root. */
function shockOf(model: FactorModel, fall: number): Map<string, number> {
  const set = orRefuse(
    stressSet(model, {
      moves: [-fall],
      volShock: 0.35,
      depegs: [],
      depegTogether: 0.05,
      breakdown: {
        shifts: [],
        sigmas: 1,
        volatilityLevel: 0.99,
        directions: 1,
        groups: [{ id: 'none', leader: 'BTC', members: [] }],
      },
    }),
  );
  const s = set.names.findIndex((name) => name.startsWith(`${model.root} −`) && name.endsWith('vol up'));
  return new Map(
    set.factors.flatMap(({ asset, kind }, f) =>
      kind === 'spot' ? [[asset, set.shocks[f * set.count + s]!] as const] : [],
    ),
  );
}

function dailyVols(model: FactorModel, filter: Parameters<typeof volatilityPath>[1]): Map<string, number> {
  const sigmas = new Map<string, number>();
  for (const [f, { asset, kind }] of model.factors.entries()) {
    if (kind === 'spot') {
      sigmas.set(
        asset,
        orRefuse(volatilityPath(changesAt(model, f), filter)).next / Math.sqrt(model.stepDays),
      );
    }
  }
  return sigmas;
}

type Named = { readonly name: string; readonly outcome: CascadeOutcome };

function toJson(label: string, outcomes: readonly Named[], winners: readonly WinnersComparison[]): unknown {
  return {
    plimsoll: 'cascade/1',
    label,
    cases: outcomes.map(({ name, outcome }) => ({
      name,
      ...outcome,
      shock: Object.fromEntries(outcome.shock),
      trough: Object.fromEntries(outcome.trough),
    })),
    deleveraging: winners.map((one) => ({
      ...one,
      policies: one.policies.map((policy) => ({ ...policy, missingAtoms: String(policy.missingAtoms) })),
    })),
  };
}

function render(
  of: {
    readonly label: string;
    readonly outcomes: readonly Named[];
    readonly winners: readonly WinnersComparison[];
  },
  terminal: Terminal,
): string {
  const titles = ['with', 'amplification', 'rounds', 'accounts cut', 'bankrupt', 'deficit', 'sold'];
  const columns = titles.map((title, i) => ({
    title,
    align: i === 0 ? ('left' as const) : ('right' as const),
  }));
  const rows = of.outcomes.map(({ name, outcome }) => [
    name,
    `${outcome.amplification.toFixed(3)}${outcome.rested ? '' : ' (not at rest)'}`,
    String(outcome.rounds.length),
    String(outcome.cut.length),
    String(outcome.bankrupt.length),
    usd(outcome.deficitUsd),
    usd(outcome.soldUsd),
  ]);
  const lines = [terminal.paint.bold(of.label), table(columns, rows, terminal.paint)];
  for (const { asset, side, bankrupt, policies } of of.winners.slice(0, 3)) {
    lines.push(`\n${asset}: ${bankrupt} bankrupt ${side} positions that nobody takes, by policy`);
    const heads = [
      'policy',
      'called',
      'taken',
      'profit closed',
      'largest part of a position',
      'overshoot lots',
      'losers',
    ];
    lines.push(
      table(
        heads.map((title, i) => ({ title, align: i === 0 ? ('left' as const) : ('right' as const) })),
        policies.map((p) => [
          p.policy,
          String(p.called),
          usd(p.takenUsd),
          usd(p.profitClosedUsd),
          percent(p.positionFracMax),
          String(p.overshootLots),
          String(p.losers),
        ]),
        terminal.paint,
      ),
    );
  }
  return lines.join('\n');
}

import type { Command } from 'commander';
import { readHistory } from '../io/read-history.ts';
import { type Venue, venueOfAccounts, venueOfLibrary } from '../study/venue.ts';
import { historyForMarket } from '../margin/default-history.ts';
import type { Methodology } from '../margin/methodology.ts';
import { orRefuse } from './failure-exit.ts';
import { type InputOptions, loadInputs } from './load.ts';
import { inputOptions } from './options.ts';
import { loadWalk } from './walk-options.ts';

/** Options of the commands on a venue: the accounts of a book file, or the library of hypothetical books on one day of a history. */
export type VenueOptions = InputOptions & { readonly to?: string; readonly json?: boolean };

export function venueOptions(command: Command): Command {
  command.argument('[book]', 'accounts as JSON; without it, the library of hypothetical books');
  return inputOptions(command).option(
    '--to <date>',
    'day on which the library is looked at; by default the last',
  );
}

export type LoadedVenue = {
  readonly venue: Venue;
  readonly methodology: Methodology;
  readonly label: string;
};

/** Reads or makes the venue. Ends the command with a refusal where that fails. */
export async function loadVenue(book: string | undefined, options: VenueOptions): Promise<LoadedVenue> {
  if (book !== undefined) {
    const inputs = await loadInputs(book, options);
    const { market, methodology } = inputs;
    const history =
      options.history === undefined
        ? orRefuse(historyForMarket(market))
        : orRefuse(await readHistory(options.history));
    const venue = orRefuse(venueOfAccounts({ accounts: inputs.accounts, market, history, methodology }));
    return { venue, methodology, label: `${venue.accounts.length} accounts of ${book}, resources = equity` };
  }
  const request = await loadWalk({ ...walkDefaults(options), methods: 'unified' });
  const venue = orRefuse(venueOfLibrary(request));
  const { methodology } = request.methods[0]!;
  const day = new Date(venue.market.timeMs).toISOString().slice(0, 10);
  return {
    venue,
    methodology,
    label: `${venue.accounts.length} hypothetical books at ${day}, resources = margin`,
  };
}

function walkDefaults(options: VenueOptions): Parameters<typeof loadWalk>[0] {
  const { history, methodology, to } = options;
  return {
    horizon: '1',
    refit: '1',
    ...(history === undefined ? {} : { history }),
    ...(methodology === undefined ? {} : { methodology }),
    ...(to === undefined ? {} : { to }),
  };
}

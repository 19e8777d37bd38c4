import { DAY_MS } from '../base/instant.ts';
import { readHistory } from '../io/read-history.ts';
import { STRESS_EVENTS } from '../scenario/stress-days.ts';
import { type Replay, replayHours } from '../study/stress/replay.ts';
import { venueOfLibrary } from '../study/venue.ts';
import { orRefuse } from './failure-exit.ts';
import { percent, usd } from './render/format.ts';
import { table } from './render/table.ts';
import type { Terminal } from './terminal.ts';
import { loadWalk, momentOf, type WalkOptions } from './walk-options.ts';

export type ReplayOptions = {
  readonly history?: string;
  readonly methodology?: string;
  readonly replay: string;
  readonly day?: readonly string[];
  readonly json?: boolean;
};

const HOURS = 24;
const SHOWN = 6;

/** Replays crash days hour by hour: would the margin of the evening before have covered? Days: those named, else the stress table's. */
export async function showReplay(options: ReplayOptions, terminal: Terminal): Promise<void> {
  const hourly = orRefuse(await readHistory(options.replay));
  const walk: WalkOptions = {
    horizon: '1',
    refit: '1',
    methods: 'unified',
    ...(options.history === undefined ? {} : { history: options.history }),
    ...(options.methodology === undefined ? {} : { methodology: options.methodology }),
  };
  const request = await loadWalk(walk);
  const lastMs = Math.min(request.history.timesMs.at(-1)!, hourly.timesMs.at(-1)!);
  const known = STRESS_EVENTS.filter(({ measure, moves }) => measure === 'close' && moves.has('ETH'));
  const days = options.day ?? known.map(({ lastDay }) => lastDay);
  const replays: { readonly day: string; readonly replay: Replay }[] = [];
  for (const day of days) {
    const startMs = momentOf('--day', day) - DAY_MS;
    if (startMs + DAY_MS > lastMs || startMs < request.history.timesMs[0]! + 400 * DAY_MS) continue;
    const venue = orRefuse(venueOfLibrary({ ...request, toMs: startMs }));
    replays.push({ day, replay: orRefuse(replayHours(venue, hourly, HOURS)) });
  }
  if (options.json === true) {
    const plain = replays.map(({ day, replay }) => ({
      day,
      ...replay,
      deepest: Object.fromEntries(replay.deepest),
    }));
    terminal.print(JSON.stringify({ plimsoll: 'replay/1', replays: plain }, null, 2));
    return;
  }
  for (const one of replays) terminal.print(describe(one, terminal));
}

function describe(
  { day, replay }: { readonly day: string; readonly replay: Replay },
  terminal: Terminal,
): string {
  const { uncovered, books, deepest } = replay;
  const btc = deepest.get('BTC');
  const head = `${day}: ${books - uncovered.length} of ${books} books covered through all ${replay.hours} hours; BTC at its deepest ${btc === undefined ? '–' : percent(btc)}`;
  if (uncovered.length === 0) return terminal.paint.bold(head);
  const titles = ['not covered', 'first in the hour', 'worst', 'loss', 'margin', 'mostly'];
  const columns = titles.map((title, i) => ({
    title,
    align: i === 3 || i === 4 ? ('right' as const) : ('left' as const),
  }));
  const rows = uncovered
    .slice(0, SHOWN)
    .map((u) => [
      u.id,
      u.firstHour.slice(5, 16),
      u.worstHour.slice(5, 16),
      usd(-u.pnlUsd),
      usd(u.marginUsd),
      u.mostly,
    ]);
  const more = uncovered.length > SHOWN ? `\n  and ${uncovered.length - SHOWN} more` : '';
  return `${terminal.paint.bold(head)}\n${table(columns, rows, terminal.paint)}${more}`;
}

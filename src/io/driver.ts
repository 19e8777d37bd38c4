import { isFailure } from '../base/failure.ts';
import { nextLiquidation } from '../engine/liquidate.ts';
import type { EngineState } from '../engine/state.ts';
import type { Clock } from './clock.ts';
import type { Sequencer } from './sequencer.ts';
import { settlementsDue, SettlementWatch } from './settlement.ts';

export type DriverOptions = {
  readonly sequencer: Sequencer;
  readonly state: EngineState;
  readonly clock: Clock;
  /** Time between two ticks. */
  readonly tickMs: number;
};

/**
 * What nobody asks for and yet must happen: time passes, funding and expiries settle, liquidations take their next step. Everything goes
 * through the same inbox as any other command; there is no side door.
 */
export class Driver {
  readonly #options: DriverOptions;
  readonly #settlement = new SettlementWatch();
  #timer: NodeJS.Timeout | null = null;
  #isStepping = false;
  /** A step that was refused waits for the next tick: what made it refused may pass. */
  #isRefused = false;
  #isTicking = false;
  #lagMs = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#tick(), this.#options.tickMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Takes the next step of the waterfall if one is due; call it after every turn of the sequencer. */
  step(): void {
    if (this.#isStepping || this.#isRefused || this.#timer === null) return;
    const { sequencer, state, clock } = this.#options;
    const account = nextLiquidation(state, clock.nowMs());
    if (account === null) return;
    this.#isStepping = true;
    void sequencer.submit({ kind: 'LiquidationStep', account }).then((outcome) => {
      this.#isStepping = false;
      this.#isRefused = isFailure(outcome) || outcome.events[0]?.kind === 'CommandRefused';
      this.step();
    });
  }

  /** How long the last tick waited for the journal goes into the next one: a venue that lags guards itself. */
  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    const { sequencer, state, clock } = this.#options;
    const beginMs = performance.now();
    await sequencer.submit({ kind: 'Tick', lagMs: Math.round(this.#lagMs) });
    this.#lagMs = performance.now() - beginMs;
    const nowMs = clock.nowMs();
    this.#settlement.observe(state, nowMs);
    for (const command of settlementsDue(state, nowMs, this.#settlement)) await sequencer.submit(command);
    this.#isRefused = false;
    this.step();
    this.#isTicking = false;
  }
}

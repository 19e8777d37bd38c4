/** Where commands get their time from: milliseconds since 1970, whole, never going back. */
export type Clock = { readonly nowMs: () => number };

/** The machine's clock from `startMs` on: where it is behind or steps back, time stands still until it has caught up. */
export function systemClock(startMs = 0): Clock {
  let lastMs = startMs;
  return {
    nowMs: () => {
      lastMs = Math.max(lastMs, Date.now());
      return lastMs;
    },
  };
}

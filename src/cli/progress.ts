/** A line on standard error that says how far a long computation is and how long it will take; silent where nobody watches. */
export type Progress = { readonly show: (done: number) => void; readonly end: () => void };

const WIDTH = 30;
const INTERVAL_MS = 250;

/** Starts one for `total` steps, of which `from` are done already. Redrawn four times a second at most. */
export function startProgress(
  label: string,
  steps: { readonly total: number; readonly from: number },
): Progress {
  const stream = process.stderr;
  const startMs = performance.now();
  let shownMs = -INTERVAL_MS;
  let drawn = false;
  return {
    show: (done) => {
      const nowMs = performance.now();
      const last = done === steps.total;
      if (!stream.isTTY || (nowMs - shownMs < INTERVAL_MS && !last)) return;
      shownMs = nowMs;
      drawn = true;
      const made = done - steps.from;
      const leftMs = made <= 0 ? NaN : ((nowMs - startMs) / made) * (steps.total - done);
      const filled = Math.round((WIDTH * done) / steps.total);
      const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
      const left = Number.isNaN(leftMs) ? '' : `  ${duration(leftMs)} left`;
      stream.write(`\r${label} ${bar} ${done}/${steps.total}${left}   `);
    },
    end: () => {
      if (drawn) stream.write('\n');
    },
  };
}

/** `42 s`, `3 min 10 s`, `1 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Milliseconds of processor time that `work` takes; workers must be asleep. The counter per thread ticks too slowly. */
export function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Milliseconds on the clock. */
export function wallMs(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median over `times` calls. */
export function repeat(times: number, one: () => number): number {
  return median(Array.from({ length: times }, one));
}

/** Largest |a − b| over `scale`(i). */
export function deviation(a: Float64Array, b: Float64Array, scale: (i: number) => number): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!) / scale(i));
  return worst;
}

/** 0.0123, 1.23, 12.3, 123. */
export function digits(x: number | null): string {
  if (x === null || !Number.isFinite(x)) return '–';
  if (x === 0) return '0';
  if (x < 1e-3) return x.toExponential(1);
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}

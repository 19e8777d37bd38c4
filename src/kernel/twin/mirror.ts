import type { Views } from './views.ts';

export function mirrorRows(
  views: Views,
  exact: number,
  single: number,
  columns: number,
  norms: number,
  stride: number,
  column: number,
  scenarios: number,
  lo: number,
  hi: number,
): void {
  const { f64, f32 } = views;
  for (let i = lo; i < hi; i++) {
    let size = 0;
    for (let s = 0; s < stride; s++) {
      const x = f64[exact / 8 + i * stride + s]!;
      size = Math.max(size, Math.abs(x));
      f32[single / 4 + i * stride + s] = x;
      if (s < scenarios) f64[columns / 8 + s * column + i] = x;
    }
    f64[norms / 8 + i] = size;
  }
}

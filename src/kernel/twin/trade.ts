import { readTail, writeTail } from './tail.ts';
import type { Views } from './views.ts';

export function assessTrade(
  views: Views,
  vector: number,
  row: number,
  quantity: number,
  tail: number,
  scenarios: number,
  out: number,
): void {
  const { f64 } = views;
  const shifted = new Float64Array(scenarios);
  for (let s = 0; s < scenarios; s++) shifted[s] = f64[vector / 8 + s]! + quantity * f64[row / 8 + s]!;
  writeTail(f64, out, shifted, readTail(f64, tail));
}

export function assessVector(
  views: Views,
  vector: number,
  tail: number,
  scenarios: number,
  out: number,
): void {
  const { f64 } = views;
  writeTail(f64, out, f64.slice(vector / 8, vector / 8 + scenarios), readTail(f64, tail));
}

export function applyTrade(
  views: Views,
  vector: number,
  row: number,
  quantity: number,
  scenarios: number,
): void {
  const { f64 } = views;
  const padded = Math.ceil(scenarios / 16) * 16;
  for (let s = 0; s < padded; s++) f64[vector / 8 + s] = f64[vector / 8 + s]! + quantity * f64[row / 8 + s]!;
}

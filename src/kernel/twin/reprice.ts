import type { Views } from './views.ts';

/** Coefficients of assembly/reprice.ts, lowest power first. */
const EXP2 = [
  1.0000000000000127, 0.693147180559871, 0.24022650695649664, 0.05550410866868546, 0.009618129192066154,
  0.00133335576176315, 0.00015403434948436855, 1.5252984824027742e-5, 1.3259405583746954e-6,
  1.0150339103814158e-7,
] as const;
const MILLS = [
  -0.00012719075361486128, 0.11398636704068829, 0.09306179052689638, 0.19440934102216104,
  -0.21387405533345868, 0.7457580076921784, -1.0769427315714613, 1.278520869612329, -0.9806441046999168,
  0.44518549224921034, -0.11132742342779023, 0.011993637642785885,
] as const;

/** Even powers by Horner in x², odd powers likewise, then even + x·odd. */
function evenOdd(coefficients: readonly number[], x: number): number {
  const square = x * x;
  const top = coefficients.length - 1;
  const sums = [0, 0];
  for (let power = top; power >= 0; power--) {
    const parity = power & 1;
    sums[parity] = power > top - 2 ? coefficients[power]! : sums[parity]! * square + coefficients[power]!;
  }
  return sums[1]! * x + sums[0]!;
}

const bits = new DataView(new ArrayBuffer(8));

/** 2^exponent for a whole exponent from −1022 to 1023. */
function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

function expHalfSquare(square: number): number {
  const scaled = square * -0.7213475204444817;
  const y = scaled < -1022 ? -1022 : scaled;
  const whole = y + 6755399441056767 - 6755399441056767;
  return evenOdd(EXP2, y - whole) * powerOfTwo(whole);
}

export type OptionShock = {
  readonly growth: number;
  readonly logGrowth: number;
  /** vol′·√τ. */
  readonly deviation: number;
  readonly conversion: number;
};

/** P&L of the option of the record at `at` in one scenario; the arithmetic of the kernel, one number at a time. */
export function optionCell(records: Float64Array, at: number, shock: OptionShock): number {
  const forward = records[at + 3]! * shock.growth;
  const strike = records[at + 4]!;
  const right = records[at + 7]!;
  const w = shock.deviation < 1e-16 ? 1e-16 : shock.deviation;
  const variance = w * w;
  const moneyness = records[at]! + shock.logGrowth;
  const half = variance * 0.5;
  const a = moneyness + half;
  const b = moneyness - half;
  const u = w + 0.28 * Math.abs(a);
  const v = w + 0.28 * Math.abs(b);
  const q = 1 / (u * v * w);
  const d = a * (u * v * q);
  const ratioA = evenOdd(MILLS, variance * q * v);
  const ratioB = evenOdd(MILLS, variance * q * u);
  const time = forward * expHalfSquare(d * d) * ((b >= 0 ? ratioB : -ratioB) - (a >= 0 ? ratioA : -ratioA));
  const put = right < 0;
  const intrinsic = (a >= 0 !== put ? forward : 0) - (b >= 0 !== put ? strike : 0);
  return (intrinsic * right + time) * records[at + 5]! * shock.conversion - records[at + 6]!;
}

/** Twin of the kernel of the same name. */
export function repriceOptions(
  views: Views,
  records: number,
  vectors: number,
  out: number,
  stride: number,
  scenarios: number,
  lo: number,
  hi: number,
): void {
  const { f64 } = views;
  const padded = Math.ceil(scenarios / 16) * 16;
  for (let i = lo; i < hi; i++) {
    const at = records / 8 + i * 14;
    const row = (field: number): number => vectors / 8 + f64[at + field]! * stride;
    const growths = row(8);
    const logs = row(9);
    const vols = row(10);
    const skews = row(11);
    const conversions = row(12);
    const to = out / 8 + f64[at + 13]! * stride;
    for (let s = 0; s < padded; s++) {
      f64[to + s] = optionCell(f64, at, {
        growth: f64[growths + s]!,
        logGrowth: f64[logs + s]!,
        deviation: f64[at + 1]! * f64[vols + s]! + f64[at + 2]! * f64[skews + s]!,
        conversion: f64[conversions + s]!,
      });
    }
  }
}

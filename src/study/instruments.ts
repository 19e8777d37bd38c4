import { exp } from '../base/elementary.ts';
import { DAY_MS } from '../base/instant.ts';
import { YEAR_MS, type AssetId, type Derivative } from '../product/product.ts';

/**
 * A contract at constant tenor and moneyness: rolled every day into the one that is so many days away now. `deviations` places an option's
 * strike: ln(K / forward) = deviations · √(days / 365), in units of "vol 1.00", so 0.2 is about a third of a standard deviation at vol 0.6.
 */
export type RolledInstrument =
  | { readonly kind: 'perpetual'; readonly underlying: AssetId; readonly form: 'linear' | 'inverse' }
  | { readonly kind: 'future'; readonly underlying: AssetId; readonly days: number }
  | {
      readonly kind: 'option';
      readonly underlying: AssetId;
      readonly days: number;
      readonly right: 'call' | 'put';
      readonly deviations: number;
    };

/** Prices are in this, and linear contracts are settled in it. */
const SETTLE: AssetId = 'USD';
const LOT_ATOMS = 1n;

/** `BTC-PERP`, `BTC-INVERSE`, `BTC-90D`, `BTC-30D-C+0.40`. */
export function rolledId(instrument: RolledInstrument): string {
  const { underlying } = instrument;
  switch (instrument.kind) {
    case 'perpetual':
      return instrument.form === 'linear' ? `${underlying}-PERP` : `${underlying}-INVERSE`;
    case 'future':
      return `${underlying}-${instrument.days}D`;
    case 'option': {
      const hundredths = Math.round(100 * Math.abs(instrument.deviations));
      const size = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
      const place = `${instrument.deviations < 0 ? '-' : '+'}${size}`;
      return `${underlying}-${instrument.days}D-${instrument.right === 'call' ? 'C' : 'P'}${place}`;
    }
  }
}

/** The product that a rolled instrument is on a day, given the forward of its tenor in USD. */
export function productOf(
  instrument: RolledInstrument,
  at: { readonly timeMs: number; readonly forwardUsd: number },
): Derivative {
  const { underlying } = instrument;
  const listed = { id: rolledId(instrument), underlying, settle: SETTLE, lotAtoms: LOT_ATOMS };
  switch (instrument.kind) {
    case 'perpetual': {
      const inverse = instrument.form === 'inverse';
      const settle = inverse ? underlying : SETTLE;
      return { ...listed, settle, kind: 'perpetual', form: instrument.form, contractSize: 1 };
    }
    case 'future': {
      const expiryMs = at.timeMs + instrument.days * DAY_MS;
      return { ...listed, kind: 'future', form: 'linear', contractSize: 1, expiryMs };
    }
    case 'option': {
      const { days, deviations, right } = instrument;
      const expiryMs = at.timeMs + days * DAY_MS;
      const strike = at.forwardUsd * exp(deviations * Math.sqrt((days * DAY_MS) / YEAR_MS));
      return { ...listed, kind: 'option', form: 'linear', contractSize: 1, expiryMs, strike, right };
    }
  }
}

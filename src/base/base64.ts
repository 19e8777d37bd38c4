import { type Failure, refuse } from './failure.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const INVALID = 255;
const DIGITS = new Uint8Array(128).fill(INVALID);
for (let digit = 0; digit < ALPHABET.length; digit += 1) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

/** Standard base 64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    parts.push(
      ALPHABET.charAt(word >> 18),
      ALPHABET.charAt((word >> 12) & 63),
      left > 1 ? ALPHABET.charAt((word >> 6) & 63) : '=',
      left > 2 ? ALPHABET.charAt(word & 63) : '=',
    );
  }
  return parts.join('');
}

/**
 * The bytes of standard base 64. Refuses ENCODING_INVALID for every text that {@link toBase64} does not produce: other
 * characters, missing padding, bits that belong to no byte.
 */
export function parseBase64(text: string, field: string): Uint8Array | Failure {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array(Math.floor((digits * 6) / 8));
  let word = 0;
  let bits = 0;
  let at = 0;
  let isValid = text.length % 4 === 0;
  for (let index = 0; index < digits && isValid; index += 1) {
    const digit = DIGITS[text.charCodeAt(index)] ?? INVALID;
    isValid = digit !== INVALID;
    word = ((word << 6) | digit) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (word >> bits) & 0xff;
      at += 1;
    }
  }
  const spare = word & ((1 << bits) - 1);
  if (isValid && spare === 0) return bytes;
  return refuse('ENCODING_INVALID', { field, value: text, expected: 'padded standard base 64' });
}

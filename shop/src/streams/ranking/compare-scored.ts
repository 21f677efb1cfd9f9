import type { Scored } from '../rows.ts';

/** The order of a ranking: greatest count first, then by code. */
export function compareScored(left: Scored, right: Scored): number {
  return right.count - left.count || compareCodes(left.code, right.code);
}

/**
 * Codes of digits alone come first, as integers, of equal ones the shorter text; then all others by
 * code point.
 */
export function compareCodes(left: string, right: string): number {
  const leftIsNumber = digits.test(left);
  if (leftIsNumber !== digits.test(right)) return leftIsNumber ? -1 : 1;
  return leftIsNumber ? compareIntegers(left, right) : compareCodePoints(left, right);
}

const digits = /^[0-9]+$/;

/** As text, because a code may have more digits than a number holds. */
function compareIntegers(left: string, right: string): number {
  const a = left.replace(/^0+(?=.)/, '');
  const b = right.replace(/^0+(?=.)/, '');
  if (a.length !== b.length) return a.length - b.length;
  if (a !== b) return a < b ? -1 : 1;
  return left.length - right.length;
}

function compareCodePoints(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  for (let n = 0; n < Math.min(a.length, b.length); n++) {
    const difference = (a[n]?.codePointAt(0) ?? 0) - (b[n]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

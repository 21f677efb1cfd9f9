/**
 * The order of the texts' UTF-8 bytes, which is that of code points. Comparing strings with `<`
 * is not: it puts U+10000 and above, whose UTF-16 units begin at 0xd800, before U+E000.
 */
export function compareText(left: string, right: string): number {
  const end = Math.min(left.length, right.length);
  for (let at = 0; at < end; at++) {
    const leftUnit = left.charCodeAt(at);
    const rightUnit = right.charCodeAt(at);
    if (leftUnit !== rightUnit) return rank(leftUnit) - rank(rightUnit);
  }
  return left.length - right.length;
}

/** Where a UTF-16 unit stands among code points: halves of a pair come behind all single units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}

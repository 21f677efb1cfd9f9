/** How long the first wait is, and the longest. */
const firstMs = 500;
const maxMs = 10_000;

/**
 * The wait before try number `failures` (1 for the first): doubling from half a second to ten,
 * shortened by up to a third so that many pages do not come back in the same moment.
 *
 * @param chance - At least 0, below 1.
 */
export function backOffMs(failures: number, chance: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (1 - chance / 3));
}

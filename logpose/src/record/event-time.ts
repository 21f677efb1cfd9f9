/**
 * The time itself. Negative ones are times, too; whoever takes no records of before 1970 says so.
 *
 * @throws {RangeError} When it is not a whole number that a double holds exactly.
 */
export function checkedTime(timestamp: number): number {
  if (Number.isSafeInteger(timestamp)) return timestamp;
  throw new RangeError(
    `a timestamp is a whole number of milliseconds since 1970, below 2^53, not ${timestamp}`,
  );
}

import type { RefusalCode } from '../domain/refusal.ts';

/**
 * What a database error means for the caller, or undefined when it is nothing we expect.
 *
 * The one place that knows SQLSTATE codes and the drivers' errors.
 */
export function refusalCodeOf(error: unknown): RefusalCode | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === lockNotAvailable || code === deadlockDetected || code === serializationFailure) {
    return 'busy';
  }
  if (/^(08|53|57P)/.test(code) || networkCodes.has(code)) return 'sql-unavailable';
  // The drivers report a broken connection by text alone.
  const message = error instanceof Error ? error.message : '';
  if (
    /connection terminated|timeout exceeded when trying to connect|is closed|been destroyed/i.test(
      message,
    )
  ) {
    return 'sql-unavailable';
  }
  return undefined;
}

const lockNotAvailable = '55P03';
const deadlockDetected = '40P01';
const serializationFailure = '40001';
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
]);

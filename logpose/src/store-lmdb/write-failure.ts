import { InvariantError } from '../base/assert.ts';
import { StoreUnavailableError } from '../errors/store-errors.ts';

/** LMDB's and the file system's failures in our words. */
export const WriteFailure = {
  async of(store: string, error: unknown): Promise<Error> {
    if (error instanceof InvariantError) return error;
    const cause = await reasonOf(error);
    const why = `it cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
    return new StoreUnavailableError(store, 'unavailable', { why, cause });
  },

  stuck(store: string): StoreUnavailableError {
    const why = 'an earlier write did not end';
    return new StoreUnavailableError(store, 'unavailable', { why });
  },
};

/** LMDB rejects with an error that has the reason as a promise, which rejects. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}

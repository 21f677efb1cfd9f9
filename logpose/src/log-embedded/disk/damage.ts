import { LogDamagedError } from '../../errors/log-errors.ts';
import type { RecordPosition } from '../../errors/record-position.ts';

const advice =
  'nothing was changed: put the directory back from a copy, ' +
  'or move it away to begin with an empty log';

/** Damage in a file outside of records. */
export function damagedFile(what: string, file: string, cause?: unknown): LogDamagedError {
  return new LogDamagedError(what, { file, advice }, { cause });
}

/** Damage where a record should be. */
export function damagedAt(what: string, position: RecordPosition, file: string): LogDamagedError {
  return new LogDamagedError(what, { file, position, advice });
}

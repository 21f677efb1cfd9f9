import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from 'logpose';
import { LedgerMismatchError, lastBatch } from './relay/recover-batch.ts';
import type { Sql } from './sql/open-sql.ts';
import type { ShopTopics } from './topics.ts';
import { readWorldFile, writeWorldFile } from './world-file.ts';

/** Log, books and directory are not parts of the same world. */
export class MixedWorldError extends Error {
  override readonly name = 'MixedWorldError';

  constructor(what: string, directory: string) {
    super(`${what}: ${adviceFor(directory)}`);
  }
}

/** What to do about a world of which a part is damaged or gone. */
export function adviceFor(directory: string): string {
  return (
    `put all of ${directory} back from a copy (log and books of the same moment), ` +
    `or move the whole ${directory} away to begin anew`
  );
}

/**
 * Refuses a directory from which the log or the embedded books are gone, while it is still as it
 * was left: nothing new is made in the place of what may come back.
 *
 * @throws {MixedWorldError}
 */
export async function refuseIncomplete(
  directory: string,
  books: 'embedded' | 'elsewhere' | 'none',
): Promise<void> {
  const file = await readWorldFile(directory);
  if (file?.logId === undefined) return;
  const log = join(directory, 'log');
  if (!existsSync(log)) {
    throw new MixedWorldError(`${log} is gone, and an empty log is not this world's`, directory);
  }
  const pglite = join(directory, 'pglite');
  if (books === 'embedded' && file.time === 'wall-clock' && !existsSync(pglite)) {
    const what = `${pglite} is gone, and empty books do not fit the log`;
    throw new MixedWorldError(`${what} (books in PostgreSQL are found with --postgres)`, directory);
  }
}

/** What of a world is open. */
export interface WorldParts {
  readonly log: Log;
  readonly topics: Pick<ShopTopics, 'outboxPosition'>;
  readonly directory: string;
  /** Left out where the world has no books, as a replay has none. */
  readonly sql?: Pick<Sql, 'claim' | 'outbox'>;
}

/**
 * Compares what log, books and directory say of each other; a new world's are bound together.
 * Returns the log's id; undefined for a log without the topics.
 *
 * @throws {MixedWorldError} When one of them is of another world.
 * @throws {LedgerMismatchError} When one of them is older than the other.
 */
export async function bindWorld(parts: WorldParts): Promise<string | undefined> {
  const { directory, log, topics, sql } = parts;
  const logId = await compareWorld(parts);
  if (logId === undefined) return undefined;
  if (sql !== undefined && (await sql.claim.logId()) === undefined) {
    refuseApart(await lastBatch(log, topics), await sql.outbox.settledBatch());
    await sql.claim.bind(logId);
  }
  const file = await readWorldFile(directory);
  if (file !== undefined && file.logId !== logId)
    await writeWorldFile(directory, { ...file, logId });
  return logId;
}

/**
 * The same, and nothing is bound. Returns the log's id; undefined for a log without the topics.
 *
 * @throws {MixedWorldError} @throws {LedgerMismatchError}
 */
export async function compareWorld(parts: WorldParts): Promise<string | undefined> {
  const { log, topics, sql, directory } = parts;
  const [position] = await log.admin.describeTopics([topics.outboxPosition]);
  const logId = position?.topicId;
  const inFile = (await readWorldFile(directory))?.logId;
  const inBooks = await sql?.claim.logId();
  const place = join(directory, 'log');
  if (inBooks !== undefined && inBooks !== logId) {
    throw new MixedWorldError(
      `the books belong to another log than the one in ${place}`,
      directory,
    );
  }
  if (inFile !== undefined && inFile !== logId) {
    throw new MixedWorldError(`the log in ${place} is not the one that was made there`, directory);
  }
  if (sql === undefined) return logId;
  if (inFile !== undefined && inBooks === undefined) {
    throw new MixedWorldError(`the books are new, the log in ${place} is not`, directory);
  }
  if (inBooks !== undefined) {
    refuseApart(await lastBatch(log, topics), await sql.outbox.settledBatch());
  }
  return logId;
}

/** One batch may be in the log and not yet in the books: the relay settles it. */
function refuseApart({ batch }: { readonly batch: number }, settled: number): void {
  if (batch !== settled && batch !== settled + 1) throw new LedgerMismatchError(batch, settled);
}

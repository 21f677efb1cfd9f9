import type { Log } from 'logpose';
import { readToEnd } from '../read-to-end.ts';
import type { OutboxRows } from '../sql/outbox-rows.ts';
import type { OutboxPosition } from '../streams/rows.ts';
import type { ShopTopics } from '../topics.ts';

/** The key of the one relay's positions. */
export const relayKey = 'relay';

/** Where a relay without any batch begins. */
const firstPosition: OutboxPosition = {
  batch: 0,
  ids: [],
  maxOrderId: 0,
  maxReservationId: 0,
  maxOutboxId: 0,
};

/** SQL and the log do not belong together: one of them has gone back in time. */
export class LedgerMismatchError extends Error {
  override readonly name = 'LedgerMismatchError';

  constructor(inLog: number, inSql: number) {
    const which = inLog > inSql ? 'the database has' : 'the log has';
    super(
      `${which} gone back in time: the log holds batch ${inLog} of the outbox, ` +
        `the database knows of batch ${inSql}; restore both from the same moment`,
    );
  }
}

/**
 * Finds out which batch was the last. One that is in the log and that SQL does not know of was in
 * doubt when a relay died: its rows are deleted now, so that they are not sent again.
 *
 * Only after the relay's producer has been opened: that fences whoever could still be sending.
 *
 * @throws {LedgerMismatchError} When they are further apart.
 */
export async function recoverBatch(
  log: Log,
  topics: Pick<ShopTopics, 'outboxPosition'>,
  outbox: OutboxRows,
): Promise<OutboxPosition> {
  const last = await lastBatch(log, topics);
  const before = await outbox.settledBatch();
  if (last.batch === before + 1 && (await outbox.settle(last.batch, last.ids))) return last;
  // The relay before, which can send no more, may have settled its last batch meanwhile.
  const settled = await outbox.settledBatch();
  if (last.batch !== settled) throw new LedgerMismatchError(last.batch, settled);
  return last;
}

/** The last batch that is in the log; batch 0 when there is none. */
export async function lastBatch(
  log: Log,
  topics: Pick<ShopTopics, 'outboxPosition'>,
): Promise<OutboxPosition> {
  let last = firstPosition;
  const keep = ({ value }: { readonly value: OutboxPosition }): void => {
    last = value;
  };
  await readToEnd(log, topics.outboxPosition, keep, { maxOffsets: tailOffsets });
  // Transactions that came to nothing may fill the tail.
  if (last === firstPosition) await readToEnd(log, topics.outboxPosition, keep);
  return last;
}

/** What is read of positions, of which there are as many as there were batches. */
const tailOffsets = 16;

import assert from 'node:assert/strict';
import { system } from '../src/domain/surroundings.ts';
import { settle } from '../src/streams/settle.ts';
import type { World } from '../src/world.ts';

/** Resolves when all that was decided is in the log and counted. Nobody may write meanwhile. */
export async function rest({ log, topics, streams, sql }: World): Promise<void> {
  const endMs = Date.now() + 60_000;
  while ((await sql.outbox.next(1)).length > 0) {
    assert.ok(Date.now() < endMs, 'the outbox becomes empty');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await streams.app.ready();
  const { app, stores } = streams;
  await settle({
    log,
    topics,
    streams: { app, stores, applicationId: 'onepiece-stream-aggregator' },
    surroundings: system,
    timeoutMs: 120_000,
  });
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int64, type Log, type Topic, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { portOf } from '../logpose/src/client/create-log.ts';
import { BatchBuilder, type EncodedRecord } from '../logpose/src/log/batch-builder.ts';
import type { LogPort } from '../logpose/src/log/log-port.ts';
import { noHeaders } from '../logpose/src/record/headers.ts';

/** Text keys, eight bytes of value. */
export const events: Topic<string, number> = topic('events', { key: utf8, value: int64 });

/** What goes into the topic. */
export interface Filling {
  readonly records: number;
  readonly keys: number;
  /** `'each-once'`: key after key; `'mixed'`: at random, the same at each run. */
  readonly order: 'each-once' | 'mixed';
}

const recordsPerBatch = 2000;

/** An embedded log in a directory of its own, with a filled topic; opened anew after it. */
export class FilledLog implements AsyncDisposable {
  readonly directory: string;
  readonly log: Log;

  private constructor(directory: string, log: Log) {
    this.directory = directory;
    this.log = log;
  }

  static async open(filling: Filling): Promise<FilledLog> {
    const directory = await mkdtemp(join(tmpdir(), 'logpose-bench-'));
    {
      await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
      await log.admin.createTopics([{ topic: events, partitions: 1 }]);
      await fill(portOf(log), filling);
    }
    return new FilledLog(directory, await openEmbeddedLog({ directory: join(directory, 'log') }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true });
  }
}

async function fill(port: LogPort, { records, keys, order }: Filling): Promise<void> {
  const producer = port.producer();
  let state = 1;
  for (let from = 0; from < records; from += recordsPerBatch) {
    const batch = new BatchBuilder(64 * 1024);
    for (let at = from; at < Math.min(from + recordsPerBatch, records); at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      batch.add(encoded(order === 'mixed' ? (state >>> 8) % keys : at % keys, at));
    }
    await producer.append({ topic: events.name, partition: 0 }, batch);
  }
  await producer.close();
}

function encoded(key: number, at: number): EncodedRecord {
  return {
    keyBytes: Buffer.from(`user-${String(key).padStart(7, '0')}`),
    keyStart: 0,
    keyLength: 12,
    valueBytes: Buffer.from([0, 0, 0, 0, at >>> 24, at >>> 16, at >>> 8, at]),
    valueStart: 0,
    valueLength: 8,
    timestamp: 1_700_000_000_000 + at,
    headers: noHeaders,
  };
}

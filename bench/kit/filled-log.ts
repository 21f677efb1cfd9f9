import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  int64,
  type Log,
  StreamsApp,
  StreamsBuilder,
  type Topic,
  type Topology,
  topic,
  utf8,
} from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { portOf } from '../../logpose/src/client/create-log.ts';
import { BatchBuilder, type EncodedRecord } from '../../logpose/src/log/batch-builder.ts';
import type { LogPort } from '../../logpose/src/log/log-port.ts';
import { noHeaders } from '../../logpose/src/record/headers.ts';

/** Text keys, eight bytes of value. */
export const events: Topic<string, number> = topic('events', { key: utf8, value: int64 });

export const counts: Topic<string, number> = topic('counts', { key: utf8, value: int64 });

/** Counts the events of each key. */
export function counting(): Topology {
  const builder = new StreamsBuilder();
  builder.stream(events).groupByKey().count({ name: 'counts-by-key' }).toStream().to(counts);
  return builder.build();
}

/** What goes into the topic. */
export interface Filling {
  readonly records: number;
  readonly keys: number;
  /**
   * `'each-once'`: key after key; `'scattered'`: the same, neighbours far apart; `'mixed'`: at
   * random, the same at each run.
   */
  readonly order: 'each-once' | 'scattered' | 'mixed';
  /** Whether `counting` has processed it, with stores in memory: there is a changelog. */
  readonly isCounted: boolean;
  /** Default 1. Batches take turns. */
  readonly partitions?: number;
}

const recordsPerBatch = 2000;
const scatteringPrime = 611_953;

/**
 * An embedded log in a directory of its own, with a filled topic. Another process fills it, so that
 * what that takes is not counted.
 */
export class FilledLog implements AsyncDisposable {
  readonly directory: string;
  readonly log: Log;

  private constructor(directory: string, log: Log) {
    this.directory = directory;
    this.log = log;
  }

  static async open(filling: Filling): Promise<FilledLog> {
    const directory = await mkdtemp(join(tmpdir(), 'logpose-bench-'));
    const args = ['--conditions=source', import.meta.filename, directory, JSON.stringify(filling)];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
    return new FilledLog(directory, await openEmbeddedLog({ directory: join(directory, 'log') }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true });
  }
}

const [, , into, filling] = process.argv;
if (import.meta.main && into !== undefined && filling !== undefined) {
  await using log = await openEmbeddedLog({ directory: join(into, 'log') });
  const { isCounted, ...rest }: Filling = JSON.parse(filling);
  const { partitions = 1 } = rest;
  await log.admin.createTopics([
    { topic: events, partitions },
    { topic: counts, partitions },
  ]);
  await fill(portOf(log), rest);
  if (isCounted) await new StreamsApp({ id: 'bench', topology: counting(), log }).runUntilEnd();
}

async function fill(
  port: LogPort,
  { records, keys, order, partitions = 1 }: Omit<Filling, 'isCounted'>,
): Promise<void> {
  const producer = port.producer();
  let state = 1;
  for (let from = 0; from < records; from += recordsPerBatch) {
    const batch = new BatchBuilder(64 * 1024);
    for (let at = from; at < Math.min(from + recordsPerBatch, records); at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const scattered = (at * scatteringPrime) % keys;
      const once = order === 'scattered' ? scattered : at % keys;
      batch.add(encoded(order === 'mixed' ? (state >>> 8) % keys : once, at));
    }
    const partition = (from / recordsPerBatch) % partitions;
    await producer.append({ topic: events.name, partition }, batch);
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

/**
 * Compaction of the embedded log: what it takes, and what others notice of it.
 *
 * Usage: npm run bench -- compaction [--record]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { system } from '../logpose/src/base/clock.ts';
import { BatchBuilder, type EncodedRecord } from '../logpose/src/log/batch-builder.ts';
import { openNodeDisk } from '../logpose/src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../logpose/src/log-embedded/embedded-log.ts';
import { settingsOf } from '../logpose/src/log-embedded/options.ts';
import { noHeaders } from '../logpose/src/record/headers.ts';
import { type BenchRow, report } from './kit/report.ts';

const records = 1_000_000;
const keys = 100_000;
const recordsPerBatch = 100;
const segmentBytes = 16 * 1024 * 1024;
const valueBytes = 100;
// How often a batch is appended meanwhile.
const appendEveryMs = 5;

const record: EncodedRecord = {
  keyBytes: Buffer.from('user-000000'),
  keyStart: 0,
  keyLength: 11,
  valueBytes: Buffer.alloc(valueBytes, 'x'),
  valueStart: 0,
  valueLength: valueBytes,
  timestamp: system.nowMs(),
  headers: noHeaders,
};

report('compaction', [await measure('alone'), await measure('appends beside it')]);

async function measure(how: 'alone' | 'appends beside it'): Promise<BenchRow> {
  const directory = await mkdtemp(join(tmpdir(), 'logpose-bench-'));
  const settings = settingsOf({ segmentBytes, cleaningIntervalMs: 3_600_000 });
  const log = await EmbeddedLog.open(openNodeDisk(directory), { surroundings: system, settings });
  try {
    const bytes = await fill(log);
    const appending = how === 'alone' ? undefined : appendUntilStopped(log);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    await log.housekeeping.run();
    const elapsedMs = performance.now() - startMs;
    const { user, system: kernel } = process.cpuUsage(cpu);
    delay.disable();
    const workload = `compact ${records} records of ${keys} keys, ${how}`;
    const worstMs = await appending?.stop();
    console.log(`${workload}: the event loop waited at most ${Math.round(delay.max / 1e6)} ms`);
    if (worstMs !== undefined) console.log(`an append took at most ${Math.round(worstMs)} ms`);
    return { workload, records, bytes, elapsedMs, cpuMs: (user + kernel) / 1000 };
  } finally {
    await log.close();
    await rm(directory, { recursive: true });
  }
}

/** Every key ten times, in an order that is the same at each run. Returns the bytes written. */
async function fill(log: EmbeddedLog): Promise<number> {
  await log.admin.createTopics([
    { name: 'table', partitions: 1, config: { 'cleanup.policy': 'compact' } },
    { name: 'beside', partitions: 1 },
  ]);
  const producer = log.producer();
  let bytes = 0;
  for (let first = 0; first < records; first += recordsPerBatch) {
    const batch = new BatchBuilder(16 * 1024);
    for (let at = first; at < first + recordsPerBatch; at++) {
      const key = (at * 7919) % keys;
      record.keyBytes.set(Buffer.from(String(key).padStart(6, '0')), 5);
      batch.add(record);
    }
    bytes += batch.sizeBytes;
    await producer.append({ topic: 'table', partition: 0 }, batch);
  }
  return bytes;
}

/** Appends batches to another topic; `stop` says how long the slowest took. */
function appendUntilStopped(log: EmbeddedLog): { stop(): Promise<number> } {
  let isStopped = false;
  const appending = (async () => {
    const producer = log.producer();
    let worstMs = 0;
    while (!isStopped) {
      const batch = new BatchBuilder(16 * 1024);
      for (let left = recordsPerBatch; left > 0; left--) batch.add(record);
      const dueMs = performance.now() + appendEveryMs;
      await setTimeout(appendEveryMs);
      await producer.append({ topic: 'beside', partition: 0 }, batch);
      worstMs = Math.max(worstMs, performance.now() - dueMs);
    }
    return worstMs;
  })();
  return {
    stop: () => {
      isStopped = true;
      return appending;
    },
  };
}

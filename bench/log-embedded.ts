/**
 * The embedded log: what it takes to append, and to read back.
 *
 * Usage: npm run bench -- log-embedded [--record]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { system } from '../logpose/src/base/clock.ts';
import { builtInCompressions } from '../logpose/src/compression/built-in-compressions.ts';
import { BatchBuilder, type EncodedRecord } from '../logpose/src/log/batch-builder.ts';
import { BatchColumns, decodeBatch } from '../logpose/src/log/batch-columns.ts';
import { openNodeDisk } from '../logpose/src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../logpose/src/log-embedded/embedded-log.ts';
import { type FsyncPolicy, settingsOf } from '../logpose/src/log-embedded/options.ts';
import { noHeaders } from '../logpose/src/record/headers.ts';
import { type BenchRow, report } from './kit/report.ts';

const recordsPerCommit = 1000;
const valueBytes = 100;
const seconds = 2;

const record: EncodedRecord = {
  keyBytes: Buffer.from('user-000000'),
  keyStart: 0,
  keyLength: 11,
  valueBytes: Buffer.alloc(valueBytes, 'x'),
  valueStart: 0,
  valueLength: valueBytes,
  timestamp: 1_700_000_000_000,
  headers: noHeaders,
};

const rows: BenchRow[] = [];
for (const partitions of [1, 10, 60]) {
  for (const fsync of ['commit', 'interval', 'never'] as const) {
    rows.push(...(await measure(partitions, fsync)));
  }
}
report('log-embedded', rows);

/** One commit at a time; its records spread evenly over the partitions. */
async function measure(partitions: number, fsync: FsyncPolicy): Promise<readonly BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'logpose-bench-'));
  const disk = openNodeDisk(directory);
  const log = await EmbeddedLog.open(disk, {
    surroundings: system,
    settings: settingsOf({ fsync }),
  });
  try {
    await log.admin.createTopics([{ name: 'bench', partitions }]);
    const appended = await append(log, partitions);
    const read = await readBack(log, partitions, appended.records);
    const workload = `${partitions} partitions, fsync '${fsync}'`;
    return [
      { workload: `append, ${workload}`, ...appended },
      { workload: `read back, ${workload}`, ...read },
    ];
  } finally {
    await log.close();
    await rm(directory, { recursive: true });
  }
}

async function append(log: EmbeddedLog, partitions: number): Promise<Measured> {
  const producer = await log.transactionalProducer({ transactionalId: 'bench' });
  const batches = Array.from({ length: partitions }, () => new BatchBuilder(256 * 1024));
  const perBatch = Math.ceil(recordsPerCommit / partitions);
  return timed(async (isOver) => {
    let records = 0;
    let bytes = 0;
    while (!isOver()) {
      const transaction = producer.begin();
      for (const [partition, batch] of batches.entries()) {
        batch.clear();
        for (let left = perBatch; left > 0; left--) batch.add(record);
        transaction.append({ topic: 'bench', partition }, batch);
        bytes += batch.sizeBytes;
      }
      await transaction.commit();
      records += perBatch * partitions;
    }
    return { records, bytes };
  });
}

async function readBack(log: EmbeddedLog, partitions: number, all: number): Promise<Measured> {
  const consumer = log.consumer();
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  consumer.assign(numbers.map((partition) => ({ topic: 'bench', partition, offset: 0 })));
  const columns = new BatchColumns();
  return timed(async () => {
    let records = 0;
    let size = 0;
    while (records < all) {
      for (const { topic, partition, bytes } of await consumer.poll(1000)) {
        const source = { topic, partition, compressions: builtInCompressions };
        for (let at = 0; at < bytes.length; records += columns.count) {
          at = decodeBatch(bytes, at, columns, source);
        }
        size += bytes.length;
      }
    }
    consumer.close();
    return { records, bytes: size };
  });
}

type Measured = Omit<BenchRow, 'workload'>;

async function timed(
  run: (isOver: () => boolean) => Promise<{ records: number; bytes: number }>,
): Promise<Measured> {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const { records, bytes } = await run(() => performance.now() - startMs > seconds * 1000);
  const elapsedMs = performance.now() - startMs;
  const { user, system: kernel } = process.cpuUsage(cpu);
  return { records, bytes, elapsedMs, cpuMs: (user + kernel) / 1000 };
}

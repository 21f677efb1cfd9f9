/**
 * What a record costs between the log's bytes and the log's bytes, on one core, without a log.
 *
 * Usage: npm run bench -- pipeline [--record]
 */
import { int64, noHeaders, topic, utf8 } from 'logpose';
import { must } from '../logpose/src/base/assert.ts';
import { BatchBuilder, type EncodedRecord } from '../logpose/src/log/batch-builder.ts';
import { BatchColumns, decodeBatch } from '../logpose/src/log/batch-columns.ts';
import { openInside } from '../logpose/src/runtime/task/open-inside.ts';
import { compile } from '../logpose/src/runtime/task/pipeline.ts';
import { Task } from '../logpose/src/runtime/task/task.ts';
import type { AnyProcessor } from '../logpose/src/topology/topology.ts';
import { measured } from './kit/measured.ts';
import { type BenchRow, report } from './kit/report.ts';
import { taskSetup } from './kit/task-setup.ts';

const events = topic('events', { key: utf8, value: int64 });
const counts = topic('counts', { key: utf8, value: int64 });
const keys = 100_000;
const recordsPerBatch = 1000;
const batches = Array.from({ length: 400 }, (_, at) => eventBatch(at));

const workloads: readonly (() => Promise<BenchRow>)[] = [
  () => chain(20_000_000),
  () => decoding('trusted'),
  () => decoding('checked'),
  () => encoding(100, 4_000_000),
  () => counting('each-commit', 4_000_000),
  () => counting('each-change', 2_000_000),
];
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7);
const rows: BenchRow[] = [];
for (const [at, run] of workloads.entries()) {
  if (only === undefined || only === `${at}`) rows.push(await run());
}
report('pipeline', rows);

/**
 * Six stateless operators; each record is made anew, as decoding does. Other chains have run
 * before, so that no call in an operator goes to one place only.
 */
async function chain(records: number): Promise<BenchRow> {
  for (let other = 0; other < 4; other++) runChain(sixOperators(other).enter, 300_000);
  const { enter, sum } = sixOperators(9);
  runChain(enter, 1_000_000);
  const row = await measured(
    { workload: 'chain of six stateless operators', records, bytes: 0 },
    () => runChain(enter, records),
  );
  if (sum() === 0) throw new Error('the chain did nothing');
  return row;
}

function sixOperators(number: number) {
  let sum = 0;
  const { parts } = taskSetup((builder) => {
    builder
      .stream(events)
      .filter((value) => value >= 0)
      .mapValues((value) => value + number)
      .peek((value) => {
        sum += value;
      })
      .filterNot((value) => value === 7_000)
      .map((value, key) => [key, value * 2])
      .forEach((value) => {
        sum -= value;
      });
  });
  const [enter] = compile(openInside(parts)).values();
  return { enter: must(enter, 'the chain has a source'), sum: () => sum };
}

function runChain(enter: AnyProcessor, count: number): void {
  for (let at = 0; at < count; at++) {
    enter({ key: 'ada', value: at & 1023, timestamp: 1_700_000_000_000, headers: noHeaders });
  }
}

async function decoding(crc: 'trusted' | 'checked'): Promise<BenchRow> {
  const workload = `decode 12 + 8 bytes, CRC ${crc}`;
  const columns = new BatchColumns();
  const source = { topic: 'events', partition: 0, compressions: {}, crc };
  const rounds = 50;
  const records = rounds * batches.length * recordsPerBatch;
  const bytes = rounds * batches.reduce((sum, { length }) => sum + length, 0);
  const run = (times: number) => {
    for (let round = 0; round < times; round++) {
      for (const batch of batches) {
        decodeBatch(batch, 0, columns, source);
        if (columns.count !== recordsPerBatch) throw new Error('a batch lost records');
      }
    }
  };
  run(3);
  return measured({ workload, records, bytes }, () => run(rounds));
}

async function encoding(valueBytes: number, records: number): Promise<BenchRow> {
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
  const batch = new BatchBuilder();
  const run = (count: number) => {
    let bytes = 0;
    for (let from = 0; from < count; from += recordsPerBatch) {
      batch.clear();
      for (let at = 0; at < recordsPerBatch; at++) {
        record.timestamp = 1_700_000_000_000 + from + at;
        batch.add(record);
      }
      bytes += batch.build().length;
    }
    return bytes;
  };
  const bytes = (run(400_000) / 400_000) * records;
  return measured(
    { workload: `encode ${valueBytes} bytes, CRC`, records, bytes },
    () => void run(records),
  );
}

/** Decoding, counting, and encoding of results and changelog, committed every 50,000 records. */
async function counting(emit: 'each-commit' | 'each-change', records: number): Promise<BenchRow> {
  const { parts, output } = taskSetup((builder) => {
    builder.stream(events).groupByKey().count({ name: 'by-key' }).toStream().to(counts);
  }, emit);
  const task = Task.open(parts);
  let nextOffset = 0;
  let bytes = 0;
  const run = (count: number) => {
    for (let done = 0; done < count; done += recordsPerBatch) {
      const batch = must(batches[(nextOffset / recordsPerBatch) % batches.length], 'a batch');
      const fromOffset = nextOffset;
      nextOffset += recordsPerBatch;
      const place = { topic: 'events', partition: 0, fromOffset: 0, nextOffset };
      task.add({ ...place, bytes: batch, endOffset: nextOffset });
      task.process(recordsPerBatch);
      if (fromOffset % 50_000 === 0) {
        task.prepareCommit();
        for (const filled of output.take()) bytes += filled.batch.build().length;
        task.settled();
      }
    }
  };
  run(1_000_000);
  bytes = 0;
  const row = await measured(
    { workload: `count by ${keys} keys, ${emit}`, records, bytes: 0 },
    () => run(records),
  );
  return { ...row, bytes };
}

/** A batch of events with keys at random, the same at each run. */
function eventBatch(number: number): Uint8Array {
  const batch = new BatchBuilder(64 * 1024);
  let state = number + 1;
  for (let at = 0; at < recordsPerBatch; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const key = (state >>> 8) % keys;
    batch.add({
      keyBytes: Buffer.from(`user-${String(key).padStart(7, '0')}`),
      keyStart: 0,
      keyLength: 12,
      valueBytes: Buffer.from([0, 0, 0, 0, 0, 0, at >>> 8, at]),
      valueStart: 0,
      valueLength: 8,
      timestamp: 1_700_000_000_000 + number * recordsPerBatch + at,
      headers: noHeaders,
    });
  }
  return new Uint8Array(batch.build());
}

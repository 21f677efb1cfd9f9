import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, StreamsApp, type Topology, topic } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { portOf } from '../../../src/client/create-log.ts';
import type { TopicPartition } from '../../../src/record/topic-partition.ts';
import {
  type PartitionCounts,
  partitionCounts,
  sourceTopicsOf,
} from '../../../src/runtime/topics/partition-counts.ts';
import { plannedTasks } from '../../../src/runtime/worker/task-plan.ts';
import type { AnyValue } from '../../../src/topology/topology.ts';
import { until } from '../../app/app-kit.ts';
import type { Case, InputRecord } from '../case.ts';
import { anyBytes, encodedRecord, outputTopics, shownRecord } from '../case-records.ts';
import { applicationIdOf, settingsOf } from '../case-settings.ts';
import { type Program, programOf } from '../program.ts';
import { hex } from '../values.ts';
import { goesStepByStep, partitions, recordsOf } from './comparable.ts';
import { type ReadRow, storeRows, storesToRead } from './kept-rows.ts';
import { type LastValues, lastValues, outputRow } from './last-values.ts';
import type { Row } from './row.ts';

/** Who runs a program. */
export interface Crew {
  readonly instances: number;
  /** Halfway through one instance is closed, or abandoned as by a crash, and another comes. */
  readonly crew: 'stays' | 'changes' | 'crashes';
  /** Default: `'exactly-once'`. Nothing crashes here, so both give the same. */
  readonly guarantee?: 'at-least-once' | 'exactly-once';
}

const patiently = { timeoutMs: 10_000 };

/** What a program leaves on an embedded log when instances of an application share its tasks. */
export async function leftOnLog(test: Case, crew: Crew): Promise<LastValues> {
  const directory = mkdtempSync(join(tmpdir(), 'logpose-parity-'));
  try {
    await using log = await openEmbeddedLog({ directory, fsync: 'never' });
    return await new LoggedRun(test, log, crew).result();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

class LoggedRun {
  readonly #test: Case;
  readonly #id: string;
  readonly #log: Log;
  readonly #crew: Crew;
  readonly #program: Program;
  readonly #topology: Topology;
  readonly #inputs: readonly TopicPartition[];
  readonly #tasks: number;
  /** Each with the tasks that it has. */
  readonly #apps = new Map<StreamsApp, readonly string[]>();

  constructor(test: Case, log: Log, crew: Crew) {
    this.#test = test;
    this.#id = applicationIdOf(test);
    this.#log = log;
    this.#crew = crew;
    this.#program = programOf(test);
    this.#topology = this.#program.build();
    const counts = countsOf(this.#topology);
    const tasks = plannedTasks(this.#id, this.#topology, counts);
    this.#inputs = tasks.flatMap(({ inputs }) => inputs);
    this.#tasks = tasks.length;
  }

  async result(): Promise<LastValues> {
    const { instances, crew } = this.#crew;
    const outputs = outputTopics(this.#topology, this.#program, this.#test);
    const names = new Set([...sourceTopicsOf(this.#topology), ...outputs]);
    for (const { name } of this.#topology.repartitionTopics) names.delete(name);
    await this.#log.admin.createTopics(
      [...names].map((name) => ({ topic: { name }, partitions, retentionMs: -1 })),
    );
    const records = recordsOf(this.#test);
    const half = crew === 'stays' ? records.length : Math.floor(records.length / 2);
    const kept: Row[] = [];
    try {
      await Promise.all(Array.from({ length: instances }, () => this.#join()));
      await this.#send(records.slice(0, half));
      if (crew !== 'stays') await Promise.all([this.#leave(), this.#join()]);
      await this.#send(records.slice(half));
      await this.#drain();
      kept.push(...(await this.#keptRows()));
    } finally {
      await Promise.all([...this.#apps.keys()].map((app) => app.close()));
    }
    const output = await this.#outputRows(outputs);
    return lastValues([...output, ...(await this.#changes()), ...kept]);
  }

  /** Resolves when the application has a share of the tasks, and all are taken. */
  async #join(): Promise<void> {
    const app = new StreamsApp({
      id: this.#id,
      log: this.#log,
      topology: programOf(this.#test).build(),
      commitIntervalMs: 1,
      guarantee: this.#crew.guarantee ?? 'exactly-once',
      // The records are of 1970.
      internalTopics: { config: { 'retention.ms': '-1' } },
      ...settingsOf(this.#test),
    });
    this.#apps.set(app, []);
    app.on('rebalance', ({ tasks }) => this.#apps.set(app, tasks));
    await app.start();
    await until('every instance has tasks', () => {
      const shares = [...this.#apps.values()];
      const taken = new Set(shares.flat());
      return taken.size === this.#tasks && shares.every((tasks) => tasks.length > 0);
    });
    await app.ready();
  }

  async #leave(): Promise<void> {
    const [first] = this.#apps.keys();
    if (first === undefined) return;
    this.#apps.delete(first);
    if (this.#crew.crew === 'crashes') first.abandon();
    else await first.close();
  }

  async #send(records: readonly InputRecord[]): Promise<void> {
    await using producer = this.#log.producer();
    const stepByStep = goesStepByStep({ test: this.#test, topology: this.#topology });
    for (const record of records) {
      await producer.send(topic(record.topic, anyBytes), encodedRecord(this.#program, record));
      if (stepByStep) await this.#drain();
    }
  }

  /** Waits until everything that was sent, and what came of it, is processed and committed. */
  async #drain(): Promise<void> {
    const { admin } = portOf(this.#log);
    await until('everything is processed', async () => {
      // In this order: what came of something committed is in the log before its end is asked for.
      const committed = await admin.committedOffsets(this.#id, this.#inputs);
      const ranges = await admin.offsetRanges(this.#inputs);
      return ranges.every(({ endOffset }, at) => (committed[at]?.offset ?? 0) === endOffset);
    });
  }

  /** What one of the instances reads of all of them. */
  async #keptRows(): Promise<readonly Row[]> {
    const [app] = this.#apps.keys();
    const rows: Row[] = [];
    for (const store of storesToRead(this.#test, this.#program)) {
      const reader: AnyValue = app?.store(store.handle);
      const read =
        'fetchAll' in reader ? reader.fetchAll({}, patiently) : reader.range({}, patiently);
      const found: ReadRow[] = await Array.fromAsync(read);
      rows.push(...storeRows(this.#test, store, found));
    }
    return rows;
  }

  async #outputRows(topics: readonly string[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (const name of topics) {
      const show = shownRecord(this.#program, name);
      for (const record of await this.#records(name)) {
        rows.push(outputRow({ topic: name, ...show(record) }));
      }
    }
    return rows;
  }

  async #changes(): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (const { definition } of this.#topology.stores) {
      const name = `${this.#id}-${definition.name}-changelog`;
      if (definition.changelog === 'none') continue;
      for (const { key, value, timestamp: ts } of await this.#records(name)) {
        rows.push({ topic: name, key: hex(key), value: hex(value), ts });
      }
    }
    return rows;
  }

  async #records(name: string) {
    const [described] = await this.#log.admin.describeTopics([{ name }]);
    const found = [];
    for (let partition = 0; partition < (described?.partitions ?? 0); partition++) {
      await using consumer = this.#log.consumer({
        assignment: [{ topic: topic(name, anyBytes), partition, offset: 0 }],
      });
      const [end] = await consumer.endOffsets();
      if (end === undefined || end.offset === 0) continue;
      for await (const { records, nextOffset } of consumer) {
        found.push(...records);
        if (nextOffset >= end.offset) break;
      }
    }
    return found;
  }
}

function countsOf(topology: Topology): PartitionCounts {
  const own = new Set(topology.repartitionTopics.map(({ name }) => name));
  const sources = sourceTopicsOf(topology).filter((name) => !own.has(name));
  return partitionCounts(topology, new Map(sources.map((name) => [name, partitions]))).counts;
}

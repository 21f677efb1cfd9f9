import { describe, type Topology, topic } from 'logpose';
import { TestDriver } from 'logpose/testing';
import { headerEntries } from '../../src/record/headers.ts';
import { sendTogether, withDriverInternals } from '../../src/testing/driver-internals.ts';
import type { AnyValue } from '../../src/topology/topology.ts';
import type { Case, InputRecord, OutputRecord, Step } from './case.ts';
import { anyBytes, encodedRecord, outputTopics, shownRecord } from './case-records.ts';
import { applicationIdOf, checkSettings, settingsOf } from './case-settings.ts';
import { type Program, programOf } from './program.ts';
import { answer, type QuerySpec } from './queries.ts';
import { Unsupported } from './unsupported.ts';
import { hex, typeNamed, windowedKeyAsJson } from './values.ts';

/** What came of a case, as far as our own runtime shows it; fields as in `expected`. */
export interface Result {
  readonly describe: string;
  readonly branches: Readonly<Record<string, string>>;
  readonly internalTopics: readonly string[];
  readonly copartition: readonly (readonly string[])[];
  readonly output: Readonly<Record<string, readonly OutputRecord[]>>;
  readonly internal: Readonly<Record<string, readonly (readonly unknown[])[]>>;
  readonly calls: readonly unknown[];
  readonly queries: readonly unknown[];
  readonly dropped: number;
  readonly stores: Readonly<Record<string, readonly unknown[]>>;
  readonly error: { readonly phase: string; readonly step?: number } | undefined;
}

/**
 * Runs a case.
 *
 * @throws {Unsupported} When it uses what is not offered.
 */
export function runCase(test: Case, layout: Layout = 'one-task'): Result {
  checkSettings(test);
  return new Run(test, layout).result();
}

type Layout = 'one-task' | 'as-deployed';

class Run {
  readonly #test: Case;
  readonly #layout: Layout;
  readonly #id: string;
  readonly #output: Record<string, OutputRecord[]> = {};
  readonly #internal: Record<string, (readonly unknown[])[]> = {};
  readonly #calls: unknown[] = [];
  readonly #queries: unknown[] = [];
  #step = 0;

  constructor(test: Case, layout: Layout) {
    this.#test = test;
    this.#layout = layout;
    this.#id = applicationIdOf(test);
  }

  result(): Result {
    let program: Program;
    let topology: Topology;
    try {
      program = programOf(this.#test);
      topology = program.build();
    } catch (error) {
      if (error instanceof Unsupported) throw error;
      return { ...nothing, error: { phase: 'build' } };
    }
    return this.#run(program, topology);
  }

  #run(program: Program, topology: Topology): Result {
    const { config, commit = 'each', wallClockMs = 0 } = this.#test;
    const startMs = wallClockMs;
    const layout = this.#layout;
    const options = { layout, commit, startMs, ...settingsOf(this.#test) };
    const internals = { maxTaskIdleMs: Number(config['max.task.idle.ms'] ?? 0) };
    using driver = new TestDriver(topology, withDriverInternals(options, internals));
    let error: Result['error'];
    try {
      for (const step of this.#test.input) {
        this.#do(driver, program, step);
        this.#collect(driver, program, topology);
        this.#step++;
      }
    } catch (thrown) {
      if (thrown instanceof Unsupported) throw thrown;
      error = { phase: 'step', step: this.#step };
    }
    return {
      describe: describe(topology),
      branches: program.branches,
      internalTopics: internalTopics(topology, this.#id),
      copartition: copartitioned(topology, this.#id),
      output: this.#output,
      internal: this.#internal,
      calls: this.#calls,
      queries: this.#queries,
      dropped: droppedOf(driver),
      stores: storesOf(driver, program, topology),
      error,
    };
  }

  #do(driver: TestDriver, program: Program, step: Step): void {
    if ('topic' in step) send(driver, program, step);
    else if ('batch' in step) {
      sendTogether(driver, () => {
        for (const record of step.batch) send(driver, program, record);
      });
    } else if ('advanceWallClockMs' in step) driver.advanceWallClockMs(step.advanceWallClockMs);
    else if ('commit' in step) driver.commit();
    else if ('query' in step) this.#ask(driver, program, step.query);
    else throw new Unsupported(Object.keys(step).join());
  }

  #ask(driver: TestDriver, program: Program, query: QuerySpec): void {
    const used = program.stores.get(query.store);
    if (used === undefined) throw new Unsupported(`store ${query.store}`);
    const { handle, value } = used;
    const timestamped = handle.storeKind.startsWith('timestamped');
    const asked = { open: driver.store(handle), value, timestamped };
    this.#queries.push({ step: this.#step, result: answer(query, asked) });
  }

  #collect(driver: TestDriver, program: Program, topology: Topology): void {
    for (const name of outputTopics(topology, program, this.#test)) {
      for (const record of readTopic(driver, program, name)) {
        const rows = this.#output[name] ?? [];
        rows.push({ step: this.#step, topic: name, ...record });
        this.#output[name] = rows;
      }
    }
    for (const { name } of topology.repartitionTopics) {
      const records = driver.readRecords(topic(`test-driver-${name}`, anyBytes));
      this.#add(`${this.#id}-${name}`, records);
    }
    for (const { definition } of topology.stores) {
      if (definition.changelog === 'none') continue;
      const name = `${this.#id}-${definition.name}-changelog`;
      const known = this.#internal[name]?.length ?? 0;
      this.#add(name, driver.changelog(definition).slice(known));
    }
    for (const [node, key, value] of program.calls.slice(this.#calls.length)) {
      this.#calls.push({ step: this.#step, node, key, value });
    }
  }

  #add(name: string, records: readonly AnyValue[]): void {
    const rows = this.#internal[name] ?? [];
    for (const { key, value, timestamp, headers } of records) {
      const row = [this.#step, hex(key), hex(value), timestamp];
      const pairs = headerEntries(headers).map(([header, bytesOf]) => [header, hex(bytesOf)]);
      rows.push(pairs.length === 0 ? row : [...row, pairs]);
    }
    if (rows.length > 0) this.#internal[name] = rows;
  }
}

const nothing: Omit<Result, 'error'> = {
  describe: '',
  branches: {},
  internalTopics: [],
  copartition: [],
  output: {},
  internal: {},
  calls: [],
  queries: [],
  dropped: 0,
  stores: {},
};

function send(driver: TestDriver, program: Program, record: InputRecord): void {
  const { key, value, timestamp, headers } = encodedRecord(program, record);
  driver.send(topic(record.topic, anyBytes), key, value, { timestampMs: timestamp, headers });
}

function readTopic(driver: TestDriver, program: Program, name: string) {
  const show = shownRecord(program, name);
  return driver.readRecords(topic(name, anyBytes)).map(show);
}

function internalTopics(topology: Topology, id: string): readonly string[] {
  const repartitions = topology.repartitionTopics.map(({ name }) => `${id}-${name}`);
  const changelogs = topology.stores
    .filter(({ definition }) => definition.changelog === 'kept')
    .map(({ definition }) => `${id}-${definition.name}-changelog`);
  return [...repartitions, ...changelogs].sort();
}

function copartitioned(topology: Topology, id: string): readonly (readonly string[])[] {
  const internal = new Set(topology.repartitionTopics.map(({ name }) => name));
  return topology.copartitioned
    .map((sources) => [
      ...new Set(
        sources.flatMap((source) => {
          const node = topology.nodes.find(({ name }) => name === source);
          if (node?.kind !== 'source' || !('topics' in node.input)) return [];
          return node.input.topics.map((name) => (internal.has(name) ? `${id}-${name}` : name));
        }),
      ),
    ])
    .map((group) => group.sort())
    .sort((left, right) => (String(left) < String(right) ? -1 : 1));
}

function droppedOf(driver: TestDriver): number {
  return driver
    .metrics()
    .filter(({ name }) => name === 'dropped-records')
    .reduce((sum, { value }) => sum + value, 0);
}

function storesOf(driver: TestDriver, program: Program, topology: Topology) {
  const stores: Record<string, readonly unknown[]> = {};
  for (const { definition } of topology.stores) {
    const used = program.stores.get(definition.name);
    const open: AnyValue = driver.store(definition);
    const keyType = typeNamed(used?.key ?? 'string');
    const valueType = typeNamed(used?.value ?? 'string');
    if (keyType === undefined || valueType === undefined) throw new Unsupported('its types');
    const rows = [...('fetchAll' in open ? open.fetchAll() : open.range())];
    const timestamped = definition.storeKind.startsWith('timestamped');
    stores[definition.name] = rows
      .map(([key, row]) => ({
        key: definition.storeKind.endsWith('window')
          ? windowedKeyAsJson(keyType, key)
          : keyType.toJson(key),
        value: valueType.toJson(timestamped ? row.value : row),
        ...(timestamped ? { ts: row.timestamp } : {}),
      }))
      .sort(byKeyAndTime);
  }
  return stores;
}

function byKeyAndTime(left: AnyValue, right: AnyValue): number {
  const [a, b] = [sortKey(left.key), sortKey(right.key)];
  if (a === b) return (left.key?.start ?? 0) - (right.key?.start ?? 0);
  return a < b ? -1 : 1;
}

function sortKey(key: AnyValue): string {
  return JSON.stringify(key !== null && typeof key === 'object' && 'start' in key ? key.key : key);
}

import { must } from '../base/assert.ts';
import { ConfigError } from '../errors/config-errors.ts';
import type { FetchedBatches } from '../log/log-port.ts';
import { matchesTopic } from '../record/topic.ts';
import { partitionKey } from '../record/topic-partition.ts';
import { changelogTopicName, topicNaming } from '../runtime/topic-names.ts';
import type { AnyStore } from '../store/store-handle.ts';
import type { AnyStoreDefinition, AnyValue, Topology } from '../topology/topology.ts';
import { type DriverPlan, driverApplicationId, partitionsUpTo } from './driver-plan.ts';
import { storeOverPartitions } from './driver-stores.ts';
import { DriverTask, type DriverTaskParts } from './driver-task.ts';

/** All tasks of a driver, and who of them reads what. */
export class DriverTasks {
  readonly #topology: Topology;
  readonly #plan: DriverPlan;
  readonly #tasks: readonly DriverTask[];
  readonly #readers = new Map<string, DriverTask>();
  readonly #topicName: (planned: string) => string;

  constructor(plan: DriverPlan, parts: DriverTaskParts) {
    this.#topology = parts.topology;
    this.#plan = plan;
    this.#topicName = topicNaming(driverApplicationId, parts.topology);
    this.#tasks = plan.tasks.map((task) => new DriverTask(task, parts));
    for (const task of this.#tasks) {
      for (const { topic, partition } of task.plan.inputs) {
        this.#readers.set(partitionKey(topic, partition), task);
      }
    }
  }

  /** Whether a processor asked for a commit since the last one. */
  get commitRequested(): boolean {
    return this.#tasks.some(({ task }) => task.commitRequested);
  }

  /** Whether the topology reads that topic; one that a pattern matches is read from now on. */
  reads(topic: string): boolean {
    return this.#readers.has(partitionKey(topic, 0)) || this.#addMatching(topic);
  }

  /** Whether records may come to that topic: a sink that chooses may write to any. */
  writes(topic: string): boolean {
    const { nodes, stores } = this.#topology;
    return (
      stores.some(({ definition }) => changelogOf(definition) === topic) ||
      nodes.some(
        (node) =>
          node.kind === 'sink' &&
          ('choose' in node.target || this.#topicName(node.target.topic) === topic),
      )
    );
  }

  /** Queues records with the task that reads the partition. */
  add(fetched: FetchedBatches): void {
    const reader = this.#readers.get(partitionKey(fetched.topic, fetched.partition));
    must(reader, 'records of topics that are read have a task').task.add(fetched);
  }

  /** The tasks take turns, a record each, until none has any; `after` runs behind each record. */
  run(after: () => void): void {
    let processed = true;
    while (processed) {
      processed = false;
      for (const { task } of this.#tasks) {
        if (task.process(1) === 0) continue;
        processed = true;
        after();
      }
    }
  }

  punctuate(): void {
    for (const { task } of this.#tasks) task.punctuate();
  }

  commit(): void {
    for (const task of this.#tasks) task.commit();
  }

  close(): void {
    for (const { task } of this.#tasks) task.close();
  }

  /**
   * A store for reading, over all of its partitions.
   *
   * @throws {ConfigError} When the topology has no store of that name.
   */
  store({ name }: AnyStore): AnyValue {
    const partitions = this.#tasks.flatMap((task) => task.store(name) ?? []);
    return storeOverPartitions(this.#definition(name), partitions);
  }

  /**
   * The name of a store's changelog; undefined when it has none.
   *
   * @throws {ConfigError} When the topology has no store of that name.
   */
  changelogOf({ name }: AnyStore): string | undefined {
    return changelogOf(this.#definition(name));
  }

  #definition(name: string): AnyStoreDefinition {
    const planned = this.#topology.stores.find(({ definition }) => definition.name === name);
    if (planned === undefined) throw new ConfigError([`the topology has no store ${name}`]);
    return planned.definition;
  }

  #addMatching(topic: string): boolean {
    const matching = this.#topology.nodes.find(
      (node) =>
        node.kind === 'source' &&
        'pattern' in node.input &&
        matchesTopic(node.input.pattern, topic),
    );
    if (matching === undefined) return false;
    // Only the layout of one task has patterns.
    const [task] = this.#tasks;
    const reader = must(task, 'a driver has a task');
    for (const partition of partitionsUpTo(this.#plan.partitionsOf(topic))) {
      const { name: source } = matching;
      reader.task.addInput({ topic, partition, source, startOffset: 0, metadata: '' });
      this.#readers.set(partitionKey(topic, partition), reader);
    }
    return true;
  }
}

function changelogOf(definition: AnyStoreDefinition): string | undefined {
  if (definition.changelog === 'none') return undefined;
  return changelogTopicName(driverApplicationId, definition);
}

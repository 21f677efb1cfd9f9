import { builtInCompressions } from '../compression/built-in-compressions.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { matchesTopic } from '../record/topic.ts';
import type { Counters } from '../runtime/metrics.ts';
import { RecordInHand } from '../runtime/task/record-in-hand.ts';
import { Task } from '../runtime/task/task.ts';
import type {
  AnyOpenStore,
  TaskInput,
  TaskSettings,
  TaskStore,
} from '../runtime/task/task-parts.ts';
import { changelogTopicName, topicNaming } from '../runtime/topic-names.ts';
import { openStore } from '../store/open-store.ts';
import { MemoryEngine } from '../store-memory/memory-engine.ts';
import { storesInOrder } from '../topology/subtopologies.ts';
import type { AnyStoreDefinition, AnyValue, Topology } from '../topology/topology.ts';
import type { DriverTopics } from './driver-topics.ts';
import type { ManualClock } from './manual-clock.ts';

/** The prefix of internal topics in a driver; an application's is its id. */
export const driverApplicationId = 'test-driver';

/** What the one task of a driver runs on. */
export interface DriverTaskParts {
  readonly topology: Topology;
  readonly settings: TaskSettings;
  readonly clock: ManualClock;
  readonly topics: DriverTopics;
  readonly counters: Counters;
}

/** The whole topology as one task, as the JVM's driver runs it, and what it reads. */
export class DriverTask {
  readonly task: Task;
  readonly #topology: Topology;
  readonly #topicName: (planned: string) => string;
  readonly #stores: ReadonlyMap<string, TaskStore>;
  readonly #inputs = new Set<string>();

  constructor({ topology, settings, clock, topics, counters }: DriverTaskParts) {
    const { nodes, stores, repartitionTopics } = topology;
    const hand = new RecordInHand();
    const internal = new Set(repartitionTopics.map(({ name }) => name));
    this.#topology = topology;
    this.#topicName = topicNaming(driverApplicationId, topology);
    this.#stores = new Map(
      stores.map(({ definition }) => [definition.name, opened(definition, hand)]),
    );
    this.task = Task.open({
      id: '0_0',
      subtopology: { id: 0, nodes, stores: storesInOrder(nodes, stores) },
      inputs: [],
      stores: this.#stores,
      hand,
      output: topics,
      topicName: this.#topicName,
      isInternal: (planned) => internal.has(planned),
      settings,
      compressions: builtInCompressions,
      clock,
      counters,
      listeners: { dropped: () => undefined },
      // Everything that is there is queued.
      endOffset: () => 0,
    });
    for (const [topic, source] of this.#namedSources()) this.#addInput(topic, source);
  }

  /** Whether the topology reads that topic; one that a pattern matches is read from now on. */
  reads(topic: string): boolean {
    if (this.#inputs.has(topic)) return true;
    const matching = this.#topology.nodes.find(
      (node) =>
        node.kind === 'source' &&
        'pattern' in node.input &&
        matchesTopic(node.input.pattern, topic),
    );
    if (matching === undefined) return false;
    this.#addInput(topic, matching.name);
    return true;
  }

  /** Whether records may come to that topic: a sink that chooses may write to any. */
  writes(topic: string): boolean {
    const changelogs = [...this.#stores.values()].map(({ changelog }) => changelog?.topic);
    return (
      changelogs.includes(topic) ||
      this.#topology.nodes.some(
        (node) =>
          node.kind === 'sink' &&
          ('choose' in node.target || this.#topicName(node.target.topic) === topic),
      )
    );
  }

  /** @throws {ConfigError} When the topology has no store of that name. */
  store(name: string): AnyOpenStore {
    const found = this.#stores.get(name);
    if (found === undefined) throw new ConfigError([`the topology has no store ${name}`]);
    return found.store;
  }

  /** The name of a store's changelog; undefined when it has none. */
  changelogOf(name: string): string | undefined {
    this.store(name);
    return this.#stores.get(name)?.changelog?.topic;
  }

  *#namedSources(): Generator<readonly [topic: string, source: string]> {
    for (const node of this.#topology.nodes) {
      if (node.kind !== 'source' || !('topics' in node.input)) continue;
      for (const topic of node.input.topics) yield [this.#topicName(topic), node.name];
    }
  }

  #addInput(topic: string, source: string): void {
    const input: TaskInput = { topic, partition: 0, source, startOffset: 0, metadata: '' };
    this.#inputs.add(topic);
    this.task.addInput(input);
  }
}

function opened(definition: AnyStoreDefinition, hand: RecordInHand): TaskStore {
  const engine = new MemoryEngine();
  const store: AnyValue = openStore({ definition, engine, timeMs: hand.timeMs, inHand: hand });
  store.checkWrites();
  const topic = changelogTopicName(driverApplicationId, definition);
  return {
    store,
    changelog: definition.changelog === 'none' ? undefined : { topic, partition: 0 },
  };
}

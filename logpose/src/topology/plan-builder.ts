import { TopologyError } from '../errors/config-errors.ts';
import { problemOfName } from '../record/topic.ts';
import { subtopologiesOf } from './subtopologies.ts';
import type {
  AnyStoreDefinition,
  PlannedStore,
  ProcessorNode,
  RepartitionTopic,
  SinkNode,
  SourceNode,
  Topology,
  TopologyNode,
} from './topology.ts';

/** Collects nodes, stores and topics, parents before children, and every problem on the way. */
export class PlanBuilder {
  readonly #nodes = new Map<string, TopologyNode>();
  readonly #stores = new Map<string, StoreEntry>();
  readonly #repartitionTopics = new Map<string, RepartitionTopic>();
  readonly #copartitioned: (readonly string[])[] = [];
  readonly #readBy = new Map<string, string>();
  readonly #problems: string[] = [];

  addSource(node: SourceNode): void {
    this.#addNode(node);
    if (!('topics' in node.input)) return;
    if (node.input.topics.length === 0) this.problem(`source ${node.name} has no topics`);
    for (const topic of node.input.topics) {
      const other = this.#readBy.get(topic);
      if (other !== undefined) {
        this.problem(
          `topic ${topic} is read by ${other} and ${node.name}: read it once, with the same ` +
            'topics and options, and use that stream or table twice',
        );
      }
      this.#readBy.set(topic, node.name);
    }
  }

  /** @param stores - What the processor uses; each has been or will be added. */
  addProcessor(node: ProcessorNode, stores: readonly AnyStoreDefinition[] = []): void {
    this.#addNode(node);
    for (const store of stores) this.connect(store, node.name);
  }

  addSink(node: SinkNode): void {
    this.#addNode(node);
    if (!('topic' in node.target)) return;
    const problem = problemOfName(node.target.topic);
    if (problem !== undefined) this.problem(`the topic of sink ${node.name} ${problem}`);
  }

  /** Adds a store; the same one again changes nothing. */
  addStore(definition: AnyStoreDefinition): void {
    const { name } = definition;
    const known = this.#stores.get(name);
    if (known === undefined) {
      const problem = problemOfName(name);
      if (problem !== undefined) this.problem(`a store's name ${problem}`);
      this.#stores.set(name, { definition, processors: [] });
    } else if (known.definition !== definition) {
      this.problem(`two stores are called ${name}: give one of them another name`);
    }
  }

  /** Lets a processor use a store. */
  connect(definition: AnyStoreDefinition, processor: string): void {
    this.addStore(definition);
    const processors = this.#stores.get(definition.name)?.processors;
    if (processors?.includes(processor) === false) processors.push(processor);
  }

  addRepartitionTopic(topic: RepartitionTopic): void {
    const problem = problemOfName(topic.name);
    if (problem !== undefined) this.problem(`a repartition topic's name ${problem}`);
    if (this.#repartitionTopics.has(topic.name)) {
      this.problem(`two repartition topics are called ${topic.name}: give one another name`);
    }
    this.#repartitionTopics.set(topic.name, topic);
  }

  /** Demands of these sources' topics that they have equally many partitions. */
  copartition(sources: readonly string[]): void {
    this.#copartitioned.push(sources);
  }

  /** Adds a reason why there can be no plan. */
  problem(text: string): void {
    if (!this.#problems.includes(text)) this.#problems.push(text);
  }

  /** @throws {TopologyError} With every problem. */
  build(): Topology {
    const nodes = [...this.#nodes.values()];
    const stores: readonly PlannedStore[] = [...this.#stores.values()];
    for (const { definition, processors } of stores) {
      if (processors.length > 0) continue;
      this.problem(
        `no processor uses the store ${definition.name}: declare it in a processor's stores`,
      );
    }
    this.#checkPartitions();
    if (nodes.length === 0) this.problem('there is nothing in it: add a stream or a table');
    if (this.#problems.length > 0) throw new TopologyError(this.#problems);
    return {
      nodes,
      stores,
      repartitionTopics: [...this.#repartitionTopics.values()],
      copartitioned: this.#copartitioned,
      subtopologies: subtopologiesOf(nodes, stores),
    };
  }

  #addNode(node: TopologyNode): void {
    const problem = problemOfName(node.name);
    if (problem !== undefined) this.problem(`a node's name ${problem}`);
    if (this.#nodes.has(node.name)) {
      this.problem(`two nodes are called ${node.name}: give one of them another name`);
    }
    this.#nodes.set(node.name, node);
  }

  #checkPartitions(): void {
    for (const sources of this.#copartitioned) {
      const counts = new Map<number, string>();
      for (const topic of sources.flatMap((source) => this.#topicsOf(source))) {
        const partitions = this.#repartitionTopics.get(topic)?.partitions;
        if (partitions !== undefined) counts.set(partitions, topic);
      }
      if (counts.size < 2) continue;
      const shown = [...counts].map(([partitions, topic]) => `${topic} has ${partitions}`);
      this.problem(`joined topics need equally many partitions, but ${shown.join(', ')}`);
    }
  }

  #topicsOf(source: string): readonly string[] {
    const node = this.#nodes.get(source);
    return node?.kind === 'source' && 'topics' in node.input ? node.input.topics : [];
  }
}

interface StoreEntry {
  readonly definition: AnyStoreDefinition;
  readonly processors: string[];
}

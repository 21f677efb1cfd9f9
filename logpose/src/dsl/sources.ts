import { must } from '../base/assert.ts';
import { passThrough } from '../operators/peek.ts';
import { generated, type Topic, type TopicPattern } from '../record/topic.ts';
import { nonNull } from '../serde/nullable.ts';
import type { AnyValue, SourceInput, SourceNode } from '../topology/topology.ts';
import { type Graph, GraphNode } from './graph.ts';
import type { StoreOptions } from './options.ts';
import { type Chains, processorNode, type StreamPlace } from './place.ts';
import type { KStream, StoredTable } from './streams-and-tables.ts';
import { SourceRows } from './table-rows.ts';
import { writeTable } from './table-source.ts';
import { rowsDefinition } from './table-stores.ts';

type AnyTopic = Topic<AnyValue, AnyValue>;
type AnyPattern = TopicPattern<AnyValue, AnyValue>;

/** A topic or a pattern, types forgotten. */
export type AnyInput = AnyTopic | AnyPattern;

/** What a stream's source is told. */
interface StreamOptions {
  readonly node?: string;
  readonly from?: 'earliest' | 'latest';
}

/** Makes the sources of a graph. Streams of the same topics share one. */
export class Sources {
  readonly #graph: Graph;
  readonly #chains: Chains;
  readonly #streams: { readonly source: SourceNode; readonly node: GraphNode }[] = [];

  constructor(graph: Graph, chains: Chains) {
    this.#graph = graph;
    this.#chains = chains;
  }

  stream(inputs: readonly AnyInput[], options: StreamOptions): KStream<AnyValue, AnyValue> {
    const groups = alike(inputs);
    const places = groups.map((group) => this.#place(group, options));
    const [first, ...others] = places;
    if (others.length === 0) {
      return this.#chains.stream(must(first, 'no topics are one group without topics'));
    }
    const graph = this.#graph;
    const name = graph.names.node('KSTREAM-MERGE-', undefined);
    const merged = graph.add(
      processorNode(name, passThrough()),
      ...places.map((place) => place.node),
    );
    return this.#chains.stream({
      graph,
      chains: this.#chains,
      node: merged,
      sources: places.flatMap((place) => place.sources),
      key: undefined,
      value: undefined,
      keyChanged: false,
    });
  }

  table(topic: AnyTopic, options: StoreOptions): StoredTable<AnyValue, AnyValue> {
    const graph = this.#graph;
    const chains = this.#chains;
    const store = graph.names.store(`${topic.name}-`, options.name);
    const own = options.node;
    const source = graph.names.node('KSTREAM-SOURCE-', own && `${own}-source`);
    const name = graph.names.node('KTABLE-SOURCE-', own);
    const key = nonNull(topic.key);
    const value = nonNull(topic.value);
    const definition = rowsDefinition({ name: store, key, value }, options);
    const rows = new SourceRows(definition, options.name === generated ? 'when-needed' : 'always');
    const input = { topics: [topic.name] };
    const node = graph.add(
      new GraphNode(name, (plan) => {
        plan.addSource(sourceNode(source, input, { topic, nulls: 'allowed' }));
        writeTable(plan, { name, parents: [source], rows });
      }),
    );
    return chains.storedTable(
      { graph, chains, node, rows, sources: [source], key, value },
      definition,
    );
  }

  #place(inputs: readonly AnyInput[], options: StreamOptions): StreamPlace {
    const graph = this.#graph;
    const chains = this.#chains;
    const name = graph.names.node('KSTREAM-SOURCE-', options.node);
    const [topic] = inputs;
    const { key, value } = topic ?? { key: undefined, value: undefined };
    const node =
      topic === undefined
        ? this.#withoutTopics(name)
        : this.#sourceOf(
            sourceNode(name, inputOf(inputs), { topic, nulls: 'as-serde', from: options.from }),
          );
    return { graph, chains, node, sources: [node.name], key, value, keyChanged: false };
  }

  #withoutTopics(name: string): GraphNode {
    this.#graph.problem(`stream ${name} has no topics`);
    return new GraphNode(name, () => {});
  }

  /** The source of these topics that is there, or a new one. */
  #sourceOf(source: SourceNode): GraphNode {
    const known = this.#streams.find((each) => sameInput(each.source.input, source.input));
    if (known === undefined) {
      const node = new GraphNode(source.name, (plan) => plan.addSource(source));
      this.#streams.push({ source, node });
      return this.#graph.add(node);
    }
    const { key, value, timestamp, from } = known.source;
    if (
      key !== source.key ||
      value !== source.value ||
      timestamp !== source.timestamp ||
      from !== source.from
    ) {
      this.#graph.problem(
        `${shown(source.input)} is read twice in different ways: use one topic definition and ` +
          'the same options',
      );
    }
    return known.node;
  }
}

/** One or several as several. */
export function asList<T extends object>(one: T | readonly T[]): readonly T[] {
  return isList(one) ? one : [one];
}

function isList<T extends object>(one: T | readonly T[]): one is readonly T[] {
  return Array.isArray(one);
}

/** Topics that one source can read: with the same serdes and times. A pattern stands alone. */
function alike(inputs: readonly AnyInput[]): readonly (readonly AnyInput[])[] {
  const groups: AnyInput[][] = [];
  for (const input of inputs) {
    const group = groups.find(
      ([first]) =>
        first !== undefined &&
        !('pattern' in first) &&
        !('pattern' in input) &&
        first.key === input.key &&
        first.value === input.value &&
        first.timestamp === input.timestamp,
    );
    if (group === undefined) groups.push([input]);
    else group.push(input);
  }
  return groups.length === 0 ? [[]] : groups;
}

function inputOf(inputs: readonly AnyInput[]): SourceInput {
  const topics: string[] = [];
  for (const input of inputs) {
    if ('pattern' in input) return { pattern: input.pattern };
    topics.push(input.name);
  }
  return { topics };
}

function sameInput(left: SourceInput, right: SourceInput): boolean {
  if ('pattern' in left || 'pattern' in right) {
    return 'pattern' in left && 'pattern' in right && `${left.pattern}` === `${right.pattern}`;
  }
  const both = new Set([...left.topics, ...right.topics]);
  return both.size === left.topics.length && both.size === right.topics.length;
}

function shown(input: SourceInput): string {
  return 'pattern' in input ? `pattern ${input.pattern}` : `topic ${input.topics.join(', ')}`;
}

interface Reading {
  readonly topic: AnyInput;
  readonly nulls: 'as-serde' | 'allowed';
  readonly from?: 'earliest' | 'latest' | undefined;
}

function sourceNode(
  name: string,
  input: SourceInput,
  { topic, nulls, from = 'earliest' }: Reading,
): SourceNode {
  const { key, value, timestamp } = topic;
  return { kind: 'source', name, input, key, value, timestamp, from, nulls };
}

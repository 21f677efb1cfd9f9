import { passThrough } from '../operators/peek.ts';
import { type Branch, split } from '../operators/split.ts';
import type { RecordCallback } from '../record/stream-record.ts';
import type { AnyValue } from '../topology/topology.ts';
import type { GraphNode } from './graph.ts';
import type { NodeOptions } from './options.ts';
import { processorNode, type StreamPlace } from './place.ts';
import type { Split } from './streams-and-tables.ts';

const prefix = 'KSTREAM-BRANCH-';

/** Begins to split a stream. */
export function splitStream<K, V>(
  place: StreamPlace,
  options: NodeOptions = {},
): Split<K, V, unknown> {
  const { graph } = place;
  const name = graph.names.node(prefix, options.node);
  const ways: Branch<AnyValue, AnyValue>[] = [];
  const node = processorNode(name, (context, forward) => split(ways)(context, forward));
  graph.add(node, place.node);
  return new SplitInProgress({ ...place, node }, ways);
}

class SplitInProgress implements Split<AnyValue, AnyValue, unknown> {
  readonly #place: StreamPlace;
  readonly #ways: Branch<AnyValue, AnyValue>[];
  readonly #branches: Record<string, AnyValue> = {};

  constructor(place: StreamPlace, ways: Branch<AnyValue, AnyValue>[]) {
    this.#place = place;
    this.#ways = ways;
  }

  branch(name: string, take: RecordCallback<AnyValue, AnyValue, boolean>): AnyValue {
    this.#add(name, take);
    return this;
  }

  defaultBranch(name: string): AnyValue {
    this.#add(name, undefined);
    return this.#branches;
  }

  noDefaultBranch(): AnyValue {
    return this.#branches;
  }

  #add(name: string, take: RecordCallback<AnyValue, AnyValue, boolean> | undefined): void {
    const { graph, chains, node } = this.#place;
    const child = graph.names.node(prefix, `${node.name}${name}`);
    const branch: GraphNode = graph.add(processorNode(child, passThrough()), node);
    this.#ways.push({ child, take });
    this.#branches[name] = chains.stream({ ...this.#place, node: branch });
  }
}

import { type Topic, topic } from '../../src/record/topic.ts';
import type { Serde } from '../../src/serde/serde.ts';
import type { StoreDefinition } from '../../src/store/store-definition.ts';
import { PlanBuilder } from '../../src/topology/plan-builder.ts';
import type { ProcessorFactory } from '../../src/topology/processor.ts';
import type {
  AnyPartitioner,
  AnyStoreDefinition,
  SourceNode,
  Topology,
} from '../../src/topology/topology.ts';

/** Builds plans by hand, node by node: what the DSL does for users. */
export class HandPlan {
  readonly #plan = new PlanBuilder();

  source<K, V>(
    input: Topic<K, V>,
    options: Partial<Pick<SourceNode, 'nulls' | 'from'>> & { readonly name?: string } = {},
  ): string {
    const { name = `${input.name}-source`, nulls = 'as-serde', from = 'earliest' } = options;
    const { key, value, timestamp } = input;
    this.#plan.addSource({
      kind: 'source',
      name,
      input: { topics: [input.name] },
      key,
      value,
      timestamp,
      from,
      nulls,
    });
    return name;
  }

  processor<KIn, VIn, KOut, VOut>(
    name: string,
    node: {
      readonly parents: readonly string[];
      readonly stores?: readonly AnyStoreDefinition[];
    },
    factory: ProcessorFactory<KIn, VIn, KOut, VOut>,
  ): string {
    const { parents, stores = [] } = node;
    this.#plan.addProcessor({ kind: 'processor', name, parents, factory }, stores);
    return name;
  }

  sink<K, V>(
    parents: readonly string[],
    output: Topic<K, V>,
    options: { readonly name?: string; readonly partitioner?: AnyPartitioner } = {},
  ): void {
    const { name: topicName, key, value } = output;
    const { name = `${topicName}-sink`, partitioner } = options;
    const target = { topic: topicName, key, value };
    this.#plan.addSink({ kind: 'sink', name, parents, target, partitioner });
  }

  /** A sink, its internal topic and the source behind it. */
  repartition<K, V>(parents: readonly string[], output: Topic<K, V>): string {
    this.#plan.addRepartitionTopic({ name: output.name, partitions: undefined });
    this.sink(parents, output);
    return this.source(output, { nulls: 'allowed' });
  }

  build(): Topology {
    return this.#plan.build();
  }
}

/** A table's store. */
export function tableStore<K, V>(
  name: string,
  { key, value }: { readonly key: Serde<K>; readonly value: Serde<V> },
  options: Partial<Pick<StoreDefinition<'timestamped-key-value', K, V>, 'emit' | 'changelog'>> = {},
): StoreDefinition<'timestamped-key-value', K, V> {
  const { emit, changelog = 'kept' } = options;
  const storeKind = 'timestamped-key-value';
  return { storeKind, name, key, value, changelog, emit, windows: undefined };
}

export { topic };

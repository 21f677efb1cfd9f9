import { type DurableName, generated } from '../record/topic.ts';
import type { AnyProcessorFactory, AnySerde, AnyStoreDefinition } from '../topology/topology.ts';
import { GraphNode } from './graph.ts';
import { isGenerated } from './names.ts';
import type { Place } from './place.ts';
import { repartitionNode } from './repartitioning.ts';
import { durableSerde, ifMissing } from './serdes.ts';

/** Records by key, which may have to be brought together first. */
export class Grouping {
  readonly place: Place;
  readonly #repartition: Repartition;
  /** The topic that all aggregates of this grouping share, when it has a name of its own. */
  #shared: GraphNode | undefined;

  constructor(place: Place, repartition: Repartition) {
    this.place = place;
    this.#repartition = repartition;
  }

  /**
   * Adds the node of an aggregate, behind a repartition topic when one is needed.
   *
   * @returns The place behind it but for how its rows are kept.
   */
  add(name: string, definition: AnyStoreDefinition, factory: AnyProcessorFactory): Place {
    const parent = this.#grouped(definition);
    const node = new GraphNode(name, (plan, parents) =>
      plan.addProcessor({ kind: 'processor', name, parents, factory }, [definition]),
    );
    this.place.graph.add(node, parent);
    const sources = parent === this.place.node ? this.place.sources : [parent.name];
    return { ...this.place, node, sources };
  }

  /** The serde of the keys; a problem when a callback made them. */
  key(store: string): AnySerde {
    return durableSerde(this.place.graph, this.place.key, `the key serde of store ${store}`);
  }

  #grouped({ name: store, ...stored }: AnyStoreDefinition): GraphNode {
    if (this.#repartition === 'not-needed') return this.place.node;
    const { graph, node } = this.place;
    const key = this.place.key ?? ifMissing(stored.key);
    const value = this.place.value ?? ifMissing(stored.value);
    if (this.#repartition.name === undefined && isGenerated(store)) {
      graph.problem(
        `the aggregate behind ${node.name} needs a repartition topic, because the key was ` +
          "changed: name it by the option repartition, groupByKey({ repartition: 'by-customer' })",
      );
    }
    const own = this.#repartition.name === generated ? undefined : this.#repartition.name;
    const made = repartitionNode(this.place, { name: own ?? store, key, value });
    const shared = this.#shared ?? made;
    if (own !== undefined) this.#shared = shared;
    return graph.add(shared, node);
  }
}

/** Whether equal keys have to be brought together, and the name of the topic that does it. */
export type Repartition = 'not-needed' | { readonly name: DurableName | undefined };

import { must } from '../base/assert.ts';
import { inJavaSetOrder } from './java-order.ts';
import type { PlannedStore, Subtopology, TopologyNode } from './topology.ts';

/**
 * Divides a plan into its connected parts: nodes joined by an edge or by a shared store.
 *
 * Numbered by the first node of each in the order in which nodes were added, as on the JVM.
 */
export function subtopologiesOf(
  nodes: readonly TopologyNode[],
  stores: readonly PlannedStore[],
): readonly Subtopology[] {
  const groups = new Groups(nodes.map((node) => node.name));
  for (const node of nodes) {
    if (node.kind !== 'source') for (const parent of node.parents) groups.unite(node.name, parent);
  }
  for (const { processors } of stores) {
    for (const processor of processors) groups.unite(processors[0] ?? processor, processor);
  }
  return [...groups.all().values()].map((names, id) => {
    const own = nodes.filter((node) => names.has(node.name));
    return { id, nodes: own, stores: storesInOrder(own, stores) };
  });
}

/** Stores in the order of the nodes that use them, and within a node in Java's set order. */
export function storesInOrder(
  nodes: readonly TopologyNode[],
  stores: readonly PlannedStore[],
): readonly PlannedStore[] {
  const byName = new Map(stores.map((store) => [store.definition.name, store]));
  const names = nodes.flatMap((node) => storeNamesOf(node.name, stores));
  return [...new Set(names)].map((name) => must(byName.get(name), 'a named store is planned'));
}

/** The stores of one processor, in the order in which the JVM lists them. */
export function storeNamesOf(
  processor: string,
  stores: readonly PlannedStore[],
): readonly string[] {
  return inJavaSetOrder(
    stores
      .filter((store) => store.processors.includes(processor))
      .map((store) => store.definition.name),
  );
}

/** Disjoint sets of names, in the order of their first members. */
class Groups {
  readonly #parent: Map<string, string>;

  constructor(names: readonly string[]) {
    this.#parent = new Map(names.map((name) => [name, name]));
  }

  unite(left: string, right: string): void {
    this.#parent.set(this.#root(right), this.#root(left));
  }

  all(): ReadonlyMap<string, ReadonlySet<string>> {
    const groups = new Map<string, Set<string>>();
    for (const name of this.#parent.keys()) {
      const root = this.#root(name);
      const group = groups.get(root) ?? new Set<string>();
      group.add(name);
      groups.set(root, group);
    }
    return groups;
  }

  #root(name: string): string {
    let root = name;
    for (;;) {
      const above = must(this.#parent.get(root), 'only added nodes are united');
      if (above === root) return root;
      root = above;
    }
  }
}

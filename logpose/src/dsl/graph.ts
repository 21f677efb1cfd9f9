import { PlanBuilder } from '../topology/plan-builder.ts';
import type { AnyStoreDefinition, Topology } from '../topology/topology.ts';
import { Names } from './names.ts';

/** Adds a node, and what belongs to it, to the plan. */
export type WriteNode = (plan: PlanBuilder, parents: readonly string[]) => void;

/** One step of the graph that the DSL builds up; it becomes one or more nodes of the plan. */
export class GraphNode {
  /** The plan's node that children hang on. */
  readonly name: string;
  readonly parents: GraphNode[] = [];
  readonly children: GraphNode[] = [];
  readonly write: WriteNode;
  /** Whether it has a use for records without a key, which repartitioning then keeps. */
  readonly takesNullKeys: boolean;
  /** Nodes are written in this order, parents first. */
  rank = 0;

  constructor(name: string, write: WriteNode, options: { readonly takesNullKeys?: boolean } = {}) {
    this.name = name;
    this.write = write;
    this.takesNullKeys = options.takesNullKeys ?? false;
  }

  /** Whether a record without a key may be of use somewhere below. */
  reachesNullKeys(): boolean {
    const below = new Set(this.children);
    // A set's loop comes to what is added to it on the way.
    for (const node of below) {
      if (node.takesNullKeys) return true;
      for (const child of node.children) below.add(child);
    }
    return false;
  }
}

/**
 * What the DSL has been told so far. It is written down as a plan by `build`, because what a node
 * needs, such as a store, may turn out only by what follows it.
 */
export class Graph {
  readonly names = new Names();
  readonly #roots: GraphNode[] = [];
  readonly #stores: AnyStoreDefinition[] = [];
  readonly #demands: (() => void)[] = [];
  readonly #copartitioned: (readonly string[])[] = [];
  readonly #problems: string[] = [];
  #rank = 0;

  /**
   * Adds a node below its parents. One that is there already gets one more place at the end, as on
   * the JVM.
   */
  add(node: GraphNode, ...parents: readonly GraphNode[]): GraphNode {
    for (const parent of parents) {
      if (!node.parents.includes(parent)) node.parents.push(parent);
      if (!parent.children.includes(node)) parent.children.push(node);
    }
    if (parents.length === 0) this.#roots.push(node);
    node.rank = this.#rank++;
    return node;
  }

  addStore(definition: AnyStoreDefinition): void {
    this.#stores.push(definition);
  }

  /** Runs before the plan is written: asks something of nodes that may come earlier in it. */
  demand(ask: () => void): void {
    this.#demands.push(ask);
  }

  copartition(sources: readonly string[]): void {
    if (sources.length > 0) this.#copartitioned.push(sources);
  }

  /** Adds a reason why there can be no plan. */
  problem(text: string): void {
    this.#problems.push(text);
  }

  /** @throws {TopologyError} With every problem. */
  build(): Topology {
    for (const ask of this.#demands) ask();
    const plan = new PlanBuilder();
    for (const problem of this.#problems) plan.problem(problem);
    for (const store of this.#stores) plan.addStore(store);
    for (const node of inOrder(this.#roots)) {
      node.write(
        plan,
        node.parents.map((parent) => parent.name),
      );
    }
    for (const sources of this.#copartitioned) plan.copartition(sources);
    return plan.build();
  }
}

/** All nodes: always the one of lowest rank whose parents have been. */
function* inOrder(roots: readonly GraphNode[]): Generator<GraphNode> {
  const written = new Set<GraphNode>();
  const ready = new Set(roots);
  while (ready.size > 0) {
    const next = [...ready].reduce((first, node) => (node.rank < first.rank ? node : first));
    ready.delete(next);
    written.add(next);
    yield next;
    for (const child of next.children) {
      if (child.parents.every((parent) => written.has(parent))) ready.add(child);
    }
  }
}

import { must } from '../base/assert.ts';
import { inJavaSetOrder } from './java-order.ts';
import { JavaTreeSet } from './java-tree-set.ts';
import { storeNamesOf } from './subtopologies.ts';
import type { Subtopology, Topology, TopologyNode } from './topology.ts';

/** The text Kafka Streams on the JVM prints for the same topology. */
export function describe(topology: Topology): string {
  const parts = topology.subtopologies.map(
    (subtopology) => `  Sub-topology: ${subtopology.id}\n${nodesAsText(subtopology, topology)}\n`,
  );
  // The blank in front of the first part alone is the JVM's.
  return `Topologies:\n ${parts.join('')}`;
}

/** A node with its neighbours and the number of ways down from it, which orders the text. */
interface Place {
  readonly node: TopologyNode;
  readonly children: JavaTreeSet<Place>;
  readonly parents: JavaTreeSet<Place>;
  size: number;
}

function nodesAsText(subtopology: Subtopology, topology: Topology): string {
  return placesOf(subtopology)
    .map((place) => `    ${headOf(place.node, topology)}${successors(place)}${parentsOf(place)}\n`)
    .join('');
}

/**
 * The nodes, connected in the order of Java's hash map, which shows in the order of neighbours:
 * they are sorted by sizes that are not final while nodes are being connected.
 */
function placesOf({ nodes }: Subtopology): readonly Place[] {
  const byName = new Map<string, Place>();
  for (const node of nodes) {
    const children = new JavaTreeSet(inOrder);
    byName.set(node.name, { node, children, parents: new JavaTreeSet(inOrder), size: 1 });
  }
  const placeOf = (name: string): Place => must(byName.get(name), 'it is in the subtopology');
  for (const name of inJavaSetOrder([...byName.keys()])) {
    const place = placeOf(name);
    if (place.node.kind === 'source') continue;
    for (const parent of place.node.parents.map(placeOf)) {
      place.parents.add(parent);
      parent.children.add(place);
      grow(parent, place.size);
    }
  }
  return [...byName.values()].sort(inOrder);
}

/** A node's size counts itself and, once per edge, everything below. */
function grow(place: Place, by: number): void {
  place.size += by;
  for (const parent of place.parents) grow(parent, by);
}

function inOrder(left: Place, right: Place): number {
  return right.size - left.size || compareTexts(left.node.name, right.node.name);
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function headOf(node: TopologyNode, topology: Topology): string {
  switch (node.kind) {
    case 'source': {
      const { input } = node;
      const topics =
        'topics' in input ? `[${inJavaSetOrder(input.topics).join(', ')}]` : input.pattern.source;
      return `Source: ${node.name} (topics: ${topics})`;
    }
    case 'processor':
      return `Processor: ${node.name} (stores: [${storesOf(node.name, topology)}])`;
    case 'sink':
      return 'topic' in node.target
        ? `Sink: ${node.name} (topic: ${node.target.topic})`
        : `Sink: ${node.name} (extractor class: ${node.target.choose.name || 'function'})`;
  }
}

function storesOf(processor: string, { stores }: Topology): string {
  return storeNamesOf(processor, stores).join(', ');
}

function successors({ node, children }: Place): string {
  return node.kind === 'sink' ? '' : `\n      --> ${namesOf(children)}`;
}

function parentsOf({ node, parents }: Place): string {
  return node.kind === 'source' ? '' : `\n      <-- ${namesOf(parents)}`;
}

function namesOf(places: Iterable<Place>): string {
  const names = [...places].map((place) => place.node.name);
  return names.length === 0 ? 'none' : names.join(', ');
}

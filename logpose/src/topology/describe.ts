import { must } from '../base/assert.ts';
import { inJavaSetOrder } from './java-order.ts';
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
  readonly children: Place[];
  readonly parents: Place[];
  size: number;
}

function nodesAsText(subtopology: Subtopology, topology: Topology): string {
  const places = placesOf(subtopology);
  return inOrder(places)
    .map((place) => `    ${headOf(place.node, topology)}${successors(place)}${parentsOf(place)}\n`)
    .join('');
}

function placesOf(subtopology: Subtopology): readonly Place[] {
  const byName = new Map<string, Place>();
  for (const node of subtopology.nodes) {
    const place: Place = { node, children: [], parents: [], size: 1 };
    byName.set(node.name, place);
  }
  for (const place of byName.values()) {
    if (place.node.kind === 'source') continue;
    for (const name of place.node.parents) {
      const parent = must(byName.get(name), 'parents are in the same subtopology');
      place.parents.push(parent);
      parent.children.push(place);
    }
  }
  // A node's size counts itself and, once per edge, everything below.
  for (const place of [...byName.values()].reverse()) {
    place.size = 1 + place.children.reduce((sum, child) => sum + child.size, 0);
  }
  return [...byName.values()];
}

function inOrder(places: readonly Place[]): readonly Place[] {
  return places.toSorted(
    (left, right) => right.size - left.size || compareTexts(left.node.name, right.node.name),
  );
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
      return `Processor: ${node.name} (stores: [${storeNamesOf(node.name, topology.stores).join(', ')}])`;
    case 'sink':
      return 'topic' in node.target
        ? `Sink: ${node.name} (topic: ${node.target.topic})`
        : `Sink: ${node.name} (extractor class: ${node.target.choose.name || 'function'})`;
  }
}

function successors({ node, children }: Place): string {
  return node.kind === 'sink' ? '' : `\n      --> ${namesOf(children)}`;
}

function parentsOf({ node, parents }: Place): string {
  return node.kind === 'source' ? '' : `\n      <-- ${namesOf(parents)}`;
}

function namesOf(places: readonly Place[]): string {
  return places.length === 0
    ? 'none'
    : inOrder(places)
        .map((place) => place.node.name)
        .join(', ');
}

import {
  type PartitionCounts,
  sourceTopicsOf,
  taskCount,
} from '../runtime/topics/partition-counts.ts';
import type { Topology } from '../topology/topology.ts';

/** What of a plan outlives the process: what `topology.json` says. */
export interface Layout {
  readonly format: 1;
  readonly stores: Readonly<Record<string, StoreLayout>>;
  /** Partitions of each, without the application's prefix. */
  readonly repartitionTopics: Readonly<Record<string, number>>;
  readonly subtopologies: readonly SubtopologyLayout[];
}

/** A store as its files and its changelog have it. */
export interface StoreLayout {
  readonly kind: string;
  readonly changelog: 'kept' | 'none';
  readonly partitions: number;
}

/** A subtopology by what it reads and keeps. */
export interface SubtopologyLayout {
  readonly sources: readonly string[];
  readonly stores: readonly string[];
}

/** What outlives the process of a plan on topics of so many partitions. */
export function layoutOf(topology: Topology, counts: PartitionCounts): Layout {
  const stores = topology.subtopologies.flatMap((subtopology) =>
    subtopology.stores.map(({ definition }): [string, StoreLayout] => [
      definition.name,
      {
        kind: definition.storeKind,
        changelog: definition.changelog,
        partitions: taskCount(subtopology, counts),
      },
    ]),
  );
  return {
    format: 1,
    stores: Object.fromEntries(stores),
    repartitionTopics: Object.fromEntries(
      topology.repartitionTopics.map(({ name }) => [name, counts.get(name) ?? 0]),
    ),
    subtopologies: topology.subtopologies.map((subtopology) => ({
      sources: sourceTopicsOf(subtopology),
      stores: subtopology.stores.map(({ definition }) => definition.name),
    })),
  };
}

/** How one layout differs from an earlier one. */
export interface LayoutDifference {
  /** What state of the earlier one does not fit to. */
  readonly incompatible: readonly string[];
  /** Stores that begin empty. */
  readonly addedStores: readonly string[];
}

/** What stands in the way of going on with the state of an earlier layout. */
export function differenceOf(before: Layout, now: Layout): LayoutDifference {
  const incompatible: string[] = [];
  for (const [name, store] of Object.entries(before.stores)) {
    incompatible.push(...differencesOfStore(name, store, now.stores[name]));
  }
  for (const [name, partitions] of Object.entries(before.repartitionTopics)) {
    const other = now.repartitionTopics[name];
    if (other === partitions) continue;
    incompatible.push(
      other === undefined
        ? `repartition topic ${name} is gone, and what is in it would not be processed`
        : `repartition topic ${name} had ${partitions} partitions and now has ${other}`,
    );
  }
  const addedStores = Object.keys(now.stores).filter((name) => before.stores[name] === undefined);
  return { incompatible, addedStores };
}

function differencesOfStore(
  name: string,
  before: StoreLayout,
  now: StoreLayout | undefined,
): readonly string[] {
  if (now === undefined) return [`store ${name} is gone: renamed, or taken out`];
  const fields = ['kind', 'changelog', 'partitions'] as const;
  return fields
    .filter((field) => before[field] !== now[field])
    .map((field) => `store ${name}: ${field} was ${before[field]} and now is ${now[field]}`);
}

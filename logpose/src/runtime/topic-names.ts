import type { AnyStoreDefinition, Topology } from '../topology/topology.ts';

/** The topic behind a repartition topic of the plan: `application-name`. */
export function repartitionTopicName(applicationId: string, planned: string): string {
  return `${applicationId}-${planned}`;
}

/** The changelog of a store: `application-store-changelog`. */
export function changelogTopicName(applicationId: string, store: AnyStoreDefinition): string {
  return `${applicationId}-${store.name}-changelog`;
}

/** Turns topic names of the plan into those of the log: repartition topics get their prefix. */
export function topicNaming(
  applicationId: string,
  topology: Topology,
): (planned: string) => string {
  const own = new Map(
    topology.repartitionTopics.map(({ name }) => [name, repartitionTopicName(applicationId, name)]),
  );
  return (planned) => own.get(planned) ?? planned;
}

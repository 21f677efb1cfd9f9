import { createHash } from 'node:crypto';
import { describe } from '../topology/describe.ts';
import type { Topology } from '../topology/topology.ts';

/**
 * Tells topologies apart, so that threads which each build it by themselves find out when they do
 * not agree: the same nodes, and stores of the same names, kinds and retention.
 */
export function topologyHash(topology: Topology): string {
  const stores = topology.stores.map(({ definition }) => {
    const { name, storeKind, changelog, emit, windows } = definition;
    return [name, storeKind, changelog, emit, windows?.retentionMs, windows?.endMs(0)];
  });
  const { repartitionTopics } = topology;
  const text = JSON.stringify([
    describe(topology),
    stores,
    repartitionTopics.map(({ name }) => name),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

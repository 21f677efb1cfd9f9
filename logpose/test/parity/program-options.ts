import { hopping, tumbling, unlimited } from 'logpose';
import type { AnyValue } from '../../src/topology/topology.ts';
import type { Operation, Spec, WindowSpec } from './case.ts';
import { combiner } from './functions.ts';
import { Unsupported } from './unsupported.ts';

/** The name of the node that an operation makes. */
export function node({ as }: Operation): { readonly node?: string } {
  return as === undefined ? {} : { node: as };
}

/** One partition, or none said; a record on several partitions, or on none, is not offered. */
export function partitioning({ partitioner }: Operation) {
  if (partitioner === undefined) return {};
  if (partitioner === 'default') return { partitioner: () => undefined };
  if (Array.isArray(partitioner) && partitioner.length === 2 && partitioner[0] === 'to') {
    return { partitioner: () => Number(partitioner[1]) };
  }
  throw new Unsupported(`partitioner ${JSON.stringify(partitioner)}`);
}

/** Windows as the DSL has them. */
export function windowsOf({ type, sizeMs = 0, advanceMs, graceMs = 0, startMs = 0 }: WindowSpec) {
  switch (type) {
    case 'tumbling':
      return tumbling({ sizeMs, graceMs });
    case 'hopping':
      return hopping({ sizeMs, advanceMs: advanceMs ?? sizeMs, graceMs });
    case 'unlimited':
      return unlimited({ startMs });
    default:
      throw new Unsupported(`${type} windows`);
  }
}

/** A combiner as reducers and aggregators are called. */
export function reducing(
  spec: Spec,
): (aggregate: AnyValue, value: AnyValue, key: AnyValue) => AnyValue {
  const combine = combiner(spec);
  return (aggregate, value, key) => combine(key, aggregate, value);
}

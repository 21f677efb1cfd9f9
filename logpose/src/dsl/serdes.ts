import { InvariantError } from '../base/assert.ts';
import { nonNull } from '../serde/nullable.ts';
import type { AnySerde } from '../topology/topology.ts';
import type { Graph } from './graph.ts';

/**
 * The serde for keys or values that become durable, which are never null.
 *
 * @param what - What needs it, for the problem that `build` reports when there is none.
 */
export function durableSerde(graph: Graph, serde: AnySerde | undefined, what: string): AnySerde {
  if (serde !== undefined) return nonNull(serde);
  graph.problem(`${what} is missing: a callback made it, so give its serde as an option`);
  return missing;
}

/** What stands in for a missing serde, to be passed on: one that is missing is one problem. */
export function ifMissing(serde: AnySerde): AnySerde | undefined {
  return serde === missing ? missing : undefined;
}

// A topology with a missing serde cannot be built, so nothing is ever encoded with this one.
export const missing: AnySerde = {
  encode: refuse,
  decode: refuse,
  holds: 'opaque',
  identity: undefined,
};

function refuse(): never {
  throw new InvariantError('a topology with a missing serde is never run');
}

import { latin1 } from '../../base/bytes.ts';
import { ConfigError } from '../../errors/config-errors.ts';
import { partitionOfEncodedKey } from '../key-partition.ts';
import type { PeerRange } from '../store-peer.ts';
import { encodedPrefix } from '../typed-rows.ts';
import { orderOf, type RowKeyCodec, type RowPlace } from './row-places.ts';
import type { SubscribeOptions } from './subscription-events.ts';

/** Which rows of a store a subscriber is told of. */
export interface RowFilter {
  /** The only row, if it is one. */
  readonly only: RowPlace | undefined;
  /** Its key in the changelog. */
  readonly onlyOrder: string | undefined;
  /** What holds them in the store; more may be in there. */
  readonly range: PeerRange;
  /** By the key in the changelog. */
  wants(order: string): boolean;
  /** Which of so many partitions may have them. */
  partitions(count: number): readonly number[];
}

/**
 * What a subscriber has asked for.
 *
 * @throws {ConfigError} When it is not exactly one of `key`, `prefix` and `all`, or the store can't
 *   have such a key.
 */
export function rowFilter<RK>(options: SubscribeOptions<RK>, codec: RowKeyCodec<RK>): RowFilter {
  const given = ['key', 'prefix', 'all'].filter((name) => name in options);
  if (given.length !== 1) {
    throw new ConfigError([
      `subscribe takes one of key, prefix and all: true, and was given ${given.join(', ') || 'none'}`,
    ]);
  }
  if ('key' in options) return oneRow(codec.placeOf(options.key), codec.windowBytes);
  const prefix = 'prefix' in options ? encodedPrefix(options.prefix) : undefined;
  const range: PeerRange =
    codec.keys === 'windowed'
      ? { kind: 'windows' }
      : prefix === undefined
        ? { kind: 'keys' }
        : { kind: 'prefix', prefix };
  const start = prefix === undefined ? '' : latin1(prefix);
  return {
    only: undefined,
    onlyOrder: undefined,
    range,
    wants: (order) => order.startsWith(start),
    partitions: (count) => Array.from({ length: count }, (_, partition) => partition),
  };
}

function oneRow(place: RowPlace, windowBytes: number): RowFilter {
  const onlyOrder = orderOf(place);
  return {
    only: place,
    onlyOrder,
    range: { kind: 'keys' },
    wants: (order) => order === onlyOrder,
    partitions: (count) => [partitionOfEncodedKey(place.key, count, windowBytes)],
  };
}

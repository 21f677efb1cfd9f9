import { partitionOfKey } from '../log/partitioner.ts';

/**
 * The partition that the default partitioner chooses for a key; 0 while none are known.
 *
 * @param windowBytes - Bytes of a window at the key's end: they choose no partition.
 */
export function partitionOfEncodedKey(
  key: Uint8Array,
  partitions: number,
  windowBytes: number,
): number {
  if (partitions === 0) return 0;
  const keyLength = key.length - windowBytes;
  return partitionOfKey({ keyBytes: key, keyStart: 0, keyLength }, partitions);
}

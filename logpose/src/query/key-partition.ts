import { partitionOfKey } from '../log/partitioner.ts';

/** The partition that the default partitioner chooses for a key; 0 while none are known. */
export function partitionOfEncodedKey(key: Uint8Array, partitions: number): number {
  if (partitions === 0) return 0;
  return partitionOfKey({ keyBytes: key, keyStart: 0, keyLength: key.length }, partitions);
}

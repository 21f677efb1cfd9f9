/** The codecs of record batches, in the order of their numbers on the wire. */
export const compressionNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CompressionName = (typeof compressionNames)[number];

/** One codec. Handed in, so that the log knows no library. */
export interface Compression {
  readonly name: Exclude<CompressionName, 'none'>;
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws when the bytes are damaged or would become more than `maxBytes`. */
  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array;
}

/** The codecs at hand, by name. */
export type Compressions = { readonly [name in Compression['name']]?: Compression };

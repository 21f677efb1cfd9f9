import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** gzip, by the library inside Node. Small and everywhere; zstd is faster and smaller. */
export const gzip = {
  name: 'gzip',
  compress: (bytes: Uint8Array): Uint8Array => gzipSync(bytes),
  decompress: (bytes: Uint8Array, maxBytes: number): Uint8Array =>
    gunzipSync(bytes, { maxOutputLength: maxBytes }),
} as const;

/** Zstandard, by the library inside Node, at its default level. */
export const zstd = {
  name: 'zstd',
  compress: (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes),
  decompress: (bytes: Uint8Array, maxBytes: number): Uint8Array =>
    zstdDecompressSync(bytes, { maxOutputLength: maxBytes }),
} as const;

/** Every codec that needs no package. */
export const builtInCompressions = { gzip, zstd } as const;

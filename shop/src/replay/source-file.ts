import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { ReplayFormat } from './format.ts';
import { onlineRetail } from './online-retail.ts';
import { rees46 } from './rees46.ts';

/** A file that can be replayed. */
export interface SourceFile {
  readonly name: string;
  /** Of the file as it is, compressed or not. */
  readonly sha256: string;
  readonly format: ReplayFormat;
  /** The rows behind the header, in order. */
  rows(): AsyncIterable<readonly string[]>;
}

/** A file that is not one of the formats the replay knows. */
export class UnknownFormatError extends Error {
  override readonly name = 'UnknownFormatError';

  constructor(file: string, formats: readonly ReplayFormat[]) {
    const known = formats.map(({ columns }) => columns.join(',')).join(' or ');
    super(`${file} is none of the known formats: its first line must be ${known}`);
  }
}

/**
 * Opens a CSV file, compressed by gzip or not, and finds out what it is by its header.
 *
 * @throws {UnknownFormatError} When its header is that of no known format.
 */
export async function openSourceFile(path: string): Promise<SourceFile> {
  const sha256 = await hashOf(path);
  const format = await formatOf(path);
  return {
    name: basename(path),
    sha256,
    format,
    async *rows() {
      let isHeader = true;
      for await (const row of open(path)) {
        if (!isHeader) yield row;
        isHeader = false;
      }
    },
  };
}

const formats: readonly ReplayFormat[] = [onlineRetail, rees46];

async function formatOf(path: string): Promise<ReplayFormat> {
  for await (const header of open(path)) {
    const found = formats.find(({ columns }) => columns.join() === header.join());
    if (found === undefined) break;
    return found;
  }
  throw new UnknownFormatError(basename(path), formats);
}

async function* open(path: string): AsyncIterable<readonly string[]> {
  const parser = parse({ bom: true, relaxColumnCount: false });
  const file = createReadStream(path);
  // A failure of any part ends the parser, whose reader is told.
  const isDone = (): void => {};
  if (path.endsWith('.gz')) pipeline(file, createGunzip(), parser, isDone);
  else pipeline(file, parser, isDone);
  try {
    for await (const row of parser) yield row;
  } finally {
    file.destroy();
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

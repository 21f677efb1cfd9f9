import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a world's prices are in: an ISO 4217 code, and how many of their digits are decimals. */
export interface Money {
  readonly currency: string;
  readonly scale: number;
}

/** What a world's directory says of itself, for programs that open it later. */
export interface WorldFile extends Money {
  /** `'stream'`: its events are old, as a replay's are. */
  readonly time: 'wall-clock' | 'stream';
  /** The zones whose days are counted; the shop's own first. */
  readonly zones: readonly string[];
  readonly topicPrefix: string;
  readonly applicationId: string;
  /** The topic id in its log that no other log has; undefined before the log was made. */
  readonly logId?: string;
}

/** What a world's directory says; undefined for one that says nothing. */
export async function readWorldFile(directory: string): Promise<WorldFile | undefined> {
  try {
    const file: WorldFile = JSON.parse(await readFile(join(directory, name), 'utf8'));
    return file;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`${join(directory, name)} cannot be read`, { cause: error });
  }
}

/** Says what a world is. Written anew at each start. */
export async function writeWorldFile(directory: string, file: WorldFile): Promise<void> {
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `${name}.tmp`);
  await writeFile(temporary, `${JSON.stringify(file, null, 2)}\n`);
  await rename(temporary, join(directory, name));
}

const name = 'world.json';

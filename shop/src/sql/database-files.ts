import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

/**
 * Makes the files of an empty database when there are none. A process that dies meanwhile leaves
 * nothing that a later one could take for a database.
 *
 * Making them takes PostgreSQL seconds of work; unpacking prepared ones takes less than one.
 */
export async function makeDatabaseFiles(path: string): Promise<void> {
  if (existsSync(path)) return;
  const unfinished = `${path}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const prepared = readPrepared();
  const database = await PGlite.create({
    dataDir: unfinished,
    ...(prepared === undefined ? {} : { loadDataDir: prepared }),
  });
  await database.close();
  await rename(unfinished, path);
}

/** Packs the files of an empty database, for every first start on this machine. */
export async function prepareDatabaseFiles(): Promise<string> {
  const path = preparedPath();
  if (existsSync(path)) return path;
  const database = await PGlite.create({ dataDir: 'memory://' });
  const files = await database.dumpDataDir('gzip');
  await database.close();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, files.stream());
  await rename(`${path}.new`, path);
  return path;
}

function readPrepared(): Blob | undefined {
  const path = preparedPath();
  if (!existsSync(path)) return undefined;
  return new Blob([readFileSync(path)], { type: 'application/x-gzip' });
}

/** Files of one version of the embedded database are of use to that version only. */
function preparedPath(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const about: unknown = JSON.parse(readFileSync(`${dirname(entry)}/../package.json`, 'utf8'));
  const version =
    typeof about === 'object' && about !== null && 'version' in about ? `${about.version}` : '';
  return fileURLToPath(new URL(`../../dist/pglite-${version}.tar.gz`, import.meta.url));
}

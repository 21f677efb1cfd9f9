import { cpSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskEngines } from '../../src/store/store-engine.ts';
import { lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { checkpointAt } from '../contract/store-engine-contract.ts';
import { readRows, stores, writeVersion } from './store-rows.ts';

// A process that works with damaged stores and may be killed by them. It prints a line of JSON per
// step. Arguments: what to do, a directory, and what the functions below say.

const [what, directory = '', ...rest] = process.argv.slice(2);
switch (what) {
  case 'write':
    await write(Number(rest[0]), Number(rest[1]));
    break;
  case 'read':
    say(await read(directory));
    break;
  case 'flip':
    await flip(rest[0] ?? '', JSON.parse(rest[1] ?? '[]'));
    break;
  case 'fill':
    await fill();
    break;
  case 'open':
    await open(directory);
    say('open');
    process.kill(process.pid, 'SIGKILL');
    break;
  default:
    throw new Error(`cannot ${what}`);
}

/** Writes versions until it is killed, or closes cleanly after the last one. */
async function write(from: number, to: number): Promise<void> {
  const task = await open(directory);
  for (let version = from; version <= to; version++) {
    await writeVersion(task.engine('rows'), version);
    say(version);
  }
  await task.close('clean');
}

/** Writes until the disk is full, makes room, writes again, and reads the rows. */
async function fill(): Promise<void> {
  const task = await open(directory);
  const engine = task.engine('rows');
  await writeVersion(engine, 1);
  const add = async (name: string) =>
    engine.apply([{ key: Buffer.from(name), value: Buffer.alloc(300_000) }], checkpointAt(1));
  let added = 0;
  try {
    while (added < 100) await add(`ballast ${added++}`);
  } catch (error) {
    say({ refused: error instanceof Error ? error.name : '', entries: engine.entries });
  }
  // What is removed can be used again by the write after the next one.
  for (let at = 0; at < added; at++) {
    await engine.apply([{ key: Buffer.from(`ballast ${at}`), value: null }], checkpointAt(1));
  }
  await add('ballast again');
  await engine.apply([{ key: Buffer.from('ballast again'), value: null }], checkpointAt(1));
  say(readRows(engine));
  await task.close('clean');
}

/** For each flip: a copy of the directory with one byte changed, opened, read and closed. */
async function flip(original: string, flips: readonly Flip[]): Promise<void> {
  for (const { at, mask } of flips) {
    rmSync(directory, { recursive: true, force: true });
    cpSync(original, directory, { recursive: true });
    flipByte(join(directory, 'lmdb', 'data.mdb'), at, mask);
    say({ at });
    say(await read(directory));
  }
}

interface Flip {
  readonly at: number;
  readonly mask: number;
}

function flipByte(path: string, at: number, mask: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ mask;
  writeSync(file, byte, 0, 1, at);
}

/** What is there when it is opened; the reason when it is damaged. */
async function read(path: string): Promise<object> {
  const task = await open(path);
  try {
    return { discarded: task.discarded, ...readRows(task.engine('rows')) };
  } catch (error) {
    return { damaged: String(error), wrong: [] };
  } finally {
    await task.close('clean');
  }
}

async function open(path: string): Promise<TaskEngines> {
  return await lmdbStores().open({ directory: path, stores });
}

function say(line: unknown): void {
  // Written at once: what comes next may end the process.
  writeSync(1, `${JSON.stringify(line)}\n`);
}

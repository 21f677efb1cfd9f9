import { dirname } from 'node:path';
import { must } from '../../src/base/assert.ts';
import type { LogUnavailableError } from '../../src/errors/log-errors.ts';
import type { Disk, DiskFile } from '../../src/log-embedded/disk/disk.ts';

/** The process of a test is dead: nothing it does reaches the disk any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Where a process dies: at the `step`th change of the disk, of which `bytes` are still done. */
export interface Death {
  readonly step: number;
  readonly bytes: number;
}

/** A change of the disk that fails. */
export interface Failure {
  readonly bytes: number;
  readonly error: LogUnavailableError;
}

type Write = { readonly at: number; readonly bytes: Uint8Array } | { readonly cutTo: number };

/** What a file holds: what everyone reads, and what the device has of it. */
interface Inode {
  cached: Buffer;
  synced: Buffer;
  unsynced: Write[];
}

/** A name that appeared or went away, and did not reach the device yet. */
interface NameChange {
  readonly directory: string;
  readonly apply: (names: Map<string, Inode>) => void;
}

/**
 * A disk that can lose what was not synced, and whose process can die at every change.
 *
 * What a killed process wrote stays. A crash of the machine keeps of what was not synced what
 * `random` says: some writes, beginnings of some, some names.
 */
export class CrashDisk implements Disk {
  readonly bootId: string;
  /** Says which changes fail, and how many bytes of a write are done before. */
  failing: (step: string) => Failure | undefined = () => undefined;
  readonly steps: string[] = [];
  #names = new Map<string, Inode>();
  #syncedNames = new Map<string, Inode>();
  #nameChanges: NameChange[] = [];
  #death: Death | undefined;
  #isDead = false;

  constructor(bootId = 'boot 0') {
    this.bootId = bootId;
  }

  dieAt(death: Death): void {
    this.#death = death;
  }

  /** The disk as the next process finds it. */
  afterKill(): CrashDisk {
    this.#isDead = true;
    return this.#onBoot(this.bootId);
  }

  /** The disk as the machine finds it when it starts again. */
  afterMachineCrash(random: (() => number) | 'keep-nothing'): CrashDisk {
    this.#isDead = true;
    if (random === 'keep-nothing') return this.#synced();
    const next = new CrashDisk(`${this.bootId}+`);
    for (const [path, inode] of this.#namesAfterCrash(random)) {
      const left = contentAfterCrash(inode, random);
      next.#names.set(path, { cached: left, synced: left, unsynced: [] });
    }
    next.#syncedNames = new Map(next.#names);
    return next;
  }

  #synced(): CrashDisk {
    const next = new CrashDisk(`${this.bootId}+`);
    for (const [path, { synced }] of this.#syncedNames) {
      next.#names.set(path, { cached: synced, synced, unsynced: [] });
    }
    next.#syncedNames = new Map(next.#names);
    return next;
  }

  /** Changes a byte behind everyone's back. */
  flip(path: string, at: number, mask: number): void {
    const inode = must(this.#names.get(path), 'a file is there');
    const cached = Buffer.from(inode.cached);
    cached[at] = (cached[at] ?? 0) ^ mask;
    this.#names.set(path, { cached, synced: cached, unsynced: [] });
    this.#syncedNames = new Map(this.#names);
  }

  /** All files, with their sizes. */
  sizes(): ReadonlyMap<string, number> {
    const files = [...this.#names].filter(([path]) => !path.endsWith('/'));
    return new Map(files.map(([path, { cached }]) => [path, cached.length]));
  }

  /** Another disk with the same files, all of them synced. */
  copy(): CrashDisk {
    const copied = new CrashDisk(this.bootId);
    for (const [path, { cached }] of this.#names) {
      const content = Buffer.from(cached);
      copied.#names.set(path, { cached: content, synced: content, unsynced: [] });
    }
    copied.#syncedNames = new Map(copied.#names);
    return copied;
  }

  /** The same disk, after the machine was started again in order. */
  onAnotherBoot(): CrashDisk {
    return this.#onBoot(`${this.bootId}+`);
  }

  list(directory: string): readonly string[] {
    this.#checkAlive();
    const prefix = directory === '' ? '' : `${directory}/`;
    const below = [...this.#names.keys()].filter((path) => path.startsWith(prefix));
    const names = below.map((path) => path.slice(prefix.length).split('/')[0] ?? '');
    return [...new Set(names)].filter((name) => name !== '');
  }

  makeDirectory(directory: string): void {
    this.#checkAlive();
    const name = `${directory}/`;
    if (this.#names.has(name)) return;
    this.#step(`make ${name}`);
    this.#changeNames(directory, (names) => names.set(name, emptyInode()));
  }

  sizeOf(path: string): number | undefined {
    this.#checkAlive();
    return this.#names.get(path)?.cached.length;
  }

  open(path: string): DiskFile {
    this.#checkAlive();
    const known = this.#names.get(path);
    if (known !== undefined) return this.#fileOf(path, known);
    this.#step(`create ${path}`);
    const inode = emptyInode();
    this.#changeNames(path, (names) => names.set(path, inode));
    return this.#fileOf(path, inode);
  }

  rename(from: string, to: string): void {
    this.#step(`rename ${from} ${to}`);
    const inode = must(this.#names.get(from), 'only a file that is there is renamed');
    this.#changeNames(from, (names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  remove(path: string): void {
    this.#checkAlive();
    // What is inside goes first.
    for (const each of [...this.#names.keys()].toSorted().reverse()) {
      if (each !== path && !each.startsWith(`${path}/`)) continue;
      this.#step(`remove ${each}`);
      this.#changeNames(each, (names) => names.delete(each));
    }
  }

  async syncDirectory(directory: string): Promise<void> {
    this.#step(`sync ${directory}/`);
    const [synced, others] = partition(this.#nameChanges, (each) => each.directory === directory);
    for (const each of synced) each.apply(this.#syncedNames);
    this.#nameChanges = others;
  }

  locate(path: string): string {
    return `crash:${path}`;
  }

  release(): void {}

  /** The process is dead from now on. */
  kill(): void {
    this.#isDead = true;
  }

  /** Whether its process has died. */
  get isDead(): boolean {
    return this.#isDead;
  }

  #onBoot(bootId: string): CrashDisk {
    const next = new CrashDisk(bootId);
    next.#names = this.#names;
    next.#syncedNames = this.#syncedNames;
    next.#nameChanges = this.#nameChanges;
    return next;
  }

  #fileOf(path: string, inode: Inode): DiskFile {
    const write = (change: Write): void => {
      inode.cached = applied(inode.cached, change);
      inode.unsynced.push(change);
    };
    return {
      read: (into, at) => {
        this.#checkAlive();
        return inode.cached.copy(into, 0, at);
      },
      write: (parts, at) => {
        const bytes = Buffer.concat(parts);
        const failure = this.failing(`write ${path}`);
        if (failure !== undefined) {
          // A call that has written everything does not fail.
          write({ at, bytes: bytes.subarray(0, Math.min(failure.bytes, bytes.length - 1)) });
          throw failure.error;
        }
        const done = this.#step(`write ${path}`, bytes.length);
        write({ at, bytes: bytes.subarray(0, done) });
        if (done < bytes.length) this.#die();
      },
      truncate: (cutTo) => {
        this.#step(`truncate ${path}`);
        write({ cutTo });
      },
      sync: async () => {
        this.#step(`sync ${path}`);
        inode.synced = Buffer.from(inode.cached);
        inode.unsynced = [];
      },
      close: () => undefined,
    };
  }

  #changeNames(path: string, apply: NameChange['apply']): void {
    apply(this.#names);
    const directory = dirname(path) === '.' ? '' : dirname(path);
    this.#nameChanges.push({ directory, apply });
  }

  #namesAfterCrash(random: () => number): ReadonlyMap<string, Inode> {
    const names = new Map(this.#syncedNames);
    const ended = new Set<string>();
    for (const { directory, apply } of this.#nameChanges) {
      // Within a directory, changes reach the device in their order.
      if (ended.has(directory)) continue;
      if (random() < 0.5) apply(names);
      else ended.add(directory);
    }
    // A file whose directory is not there is lost with it.
    for (const path of names.keys()) if (!isBelowNames(path, names)) names.delete(path);
    return names;
  }

  /** Returns how many of `bytes` are done. */
  #step(what: string, bytes = 0): number {
    this.#checkAlive();
    const failure = what.startsWith('write') ? undefined : this.failing(what);
    if (failure !== undefined) throw failure.error;
    this.steps.push(what);
    if (this.steps.length - 1 !== this.#death?.step) return bytes;
    if (bytes > 0) return Math.min(this.#death.bytes, bytes - 1);
    return this.#die();
  }

  #die(): never {
    this.#isDead = true;
    throw new Crash('the process was killed');
  }

  #checkAlive(): void {
    if (this.#isDead) throw new Crash('the process is dead');
  }
}

function emptyInode(): Inode {
  return { cached: Buffer.alloc(0), synced: Buffer.alloc(0), unsynced: [] };
}

function isBelowNames(path: string, names: ReadonlyMap<string, Inode>): boolean {
  const above = dirname(path);
  return above === '.' || (names.has(`${above}/`) && isBelowNames(above, names));
}

function contentAfterCrash(inode: Inode, random: () => number): Buffer {
  let content: Buffer = Buffer.from(inode.synced);
  for (const write of inode.unsynced) {
    const fate = random();
    if (fate < 0.3) continue;
    if (fate < 0.6 || 'cutTo' in write) content = applied(content, write);
    else content = applied(content, tornOf(write, random, fate));
  }
  return content;
}

/** A beginning of it, or all of its length with zeros where the rest would be. */
function tornOf(
  { at, bytes }: { readonly at: number; readonly bytes: Uint8Array },
  random: () => number,
  fate: number,
): Write {
  const kept = Math.floor(random() * (bytes.length + 1));
  const beginning = bytes.subarray(0, kept);
  if (fate < 0.85) return { at, bytes: beginning };
  const zeroed = Buffer.alloc(bytes.length);
  zeroed.set(beginning);
  return { at, bytes: zeroed };
}

function applied(content: Buffer, write: Write): Buffer<ArrayBuffer> {
  if ('cutTo' in write) {
    const cut = Buffer.alloc(write.cutTo);
    content.copy(cut);
    return cut;
  }
  const { at, bytes } = write;
  if (at + bytes.length <= content.length) {
    const changed = Buffer.from(content);
    changed.set(bytes, at);
    return changed;
  }
  const grown = Buffer.alloc(at + bytes.length);
  content.copy(grown);
  grown.set(bytes, at);
  return grown;
}

function partition<T>(all: readonly T[], has: (each: T) => boolean): [T[], T[]] {
  return [all.filter(has), all.filter((each) => !has(each))];
}

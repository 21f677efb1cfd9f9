import { writeSync } from 'node:fs';
import type { Disk, DiskFile } from '../../src/log-embedded/disk/disk.ts';

/** Where a process stops: before its `step`th change of the disk, or in the middle of it. */
export interface Stop {
  readonly step: number;
  readonly when: 'before' | 'half';
}

/** A disk that says on standard output what it is about to do, and stops there for ever. */
export function stoppingDisk(disk: Disk, stop: Stop): Disk {
  let step = 0;
  /** Returns true when half of the change is to be done before stopping. */
  const reach = (what: string): boolean => {
    if (step++ !== stop.step) return false;
    if (stop.when === 'half' && what.startsWith('write')) return true;
    return stopAt(what);
  };
  return {
    bootId: disk.bootId,
    list: (directory) => disk.list(directory),
    sizeOf: (path) => disk.sizeOf(path),
    locate: (path) => disk.locate(path),
    release: () => disk.release(),
    makeDirectory: (directory) => {
      reach(`make ${directory}`);
      disk.makeDirectory(directory);
    },
    open: (path) => {
      if (disk.sizeOf(path) === undefined) reach(`create ${path}`);
      return stoppingFile(disk.open(path), path, reach);
    },
    rename: (from, to) => {
      reach(`rename ${from}`);
      disk.rename(from, to);
    },
    remove: (path) => {
      reach(`remove ${path}`);
      disk.remove(path);
    },
    syncDirectory: (directory) => {
      reach(`sync ${directory}/`);
      return disk.syncDirectory(directory);
    },
  };
}

function stoppingFile(file: DiskFile, path: string, reach: (what: string) => boolean): DiskFile {
  return {
    read: (into, at) => file.read(into, at),
    close: () => file.close(),
    write: (parts, at) => {
      if (reach(`write ${path}`)) {
        const bytes = Buffer.concat(parts);
        file.write([bytes.subarray(0, bytes.length / 2)], at);
        stopAt(`half of write ${path}`);
      }
      file.write(parts, at);
    },
    truncate: (sizeBytes) => {
      reach(`truncate ${path}`);
      file.truncate(sizeBytes);
    },
    sync: () => {
      reach(`sync ${path}`);
      return file.sync();
    },
  };
}

function stopAt(what: string): never {
  writeSync(1, `at ${what}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('nobody wakes it');
}

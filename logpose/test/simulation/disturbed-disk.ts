import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import type { Disk, DiskFile } from '../../src/log-embedded/disk/disk.ts';
import type { CrashDisk } from '../log-embedded/crash-disk.ts';

/** Lets the next changes of the disk fail for want of space. */
export function fillDisk(disk: CrashDisk, changes: number, bytes: number): void {
  let left = changes;
  disk.failing = (step) => {
    if (step.startsWith('sync') || step.startsWith('remove') || left-- <= 0) return undefined;
    return { bytes, error: unavailable('write to', 'ENOSPC') };
  };
}

/** Lets the next sync fail, which is the end of a log. */
export function breakSync(disk: CrashDisk, broken: () => void): void {
  let isDone = false;
  disk.failing = (step) => {
    if (!step.startsWith('sync') || isDone) return undefined;
    isDone = true;
    broken();
    return { bytes: 0, error: unavailable('sync', 'EIO') };
  };
}

function unavailable(what: string, code: string): LogUnavailableError {
  const cause = Object.assign(new Error(code), { code });
  return new LogUnavailableError(`cannot ${what} the disk of the simulation`, { cause });
}

/** The disk, but what it says to have synced it has not. */
export function neverSyncing(disk: Disk): Disk {
  const open = (path: string): DiskFile => ({ ...disk.open(path), sync: async () => undefined });
  return {
    bootId: disk.bootId,
    list: (directory) => disk.list(directory),
    makeDirectory: (directory) => disk.makeDirectory(directory),
    sizeOf: (path) => disk.sizeOf(path),
    open,
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    syncDirectory: async () => undefined,
    locate: (path) => disk.locate(path),
    release: () => disk.release(),
  };
}

/**
 * The files of one directory, as the log needs them. Paths are relative to it and use `/`.
 *
 * Reads and writes are synchronous: they meet the page cache. Syncs are not: they wait for the
 * device.
 * What fails for the world's reasons throws `LogUnavailableError`.
 */
export interface Disk {
  /** Another one at each start of the machine: then what was not synced may be lost. */
  readonly bootId: string;
  /** Names in a directory, in no order; empty when it is not there. */
  list(directory: string): readonly string[];
  /** Makes it with all above it; nothing happens when it is there. */
  makeDirectory(directory: string): void;
  /** Undefined when there is no such file. */
  sizeOf(path: string): number | undefined;
  /** Opens for reading and writing; makes an empty file where there is none. */
  open(path: string): DiskFile;
  /** Replaces what is there. */
  rename(from: string, to: string): void;
  /** Removes a file, or a directory with all below it. Nothing happens when it is not there. */
  remove(path: string): void;
  /** Resolves when the names in the directory survive a crash of the machine. */
  syncDirectory(directory: string): Promise<void>;
  /** The path as a person would look for it. */
  locate(path: string): string;
  /** Lets another process have the directory. */
  release(): void;
}

export interface DiskFile {
  /** Fills `into` from `at` on. Returns how many bytes there were. */
  read(into: Uint8Array, at: number): number;
  /** Writes all parts, one behind the other. After a failure any beginning of them may be there. */
  write(parts: readonly Uint8Array[], at: number): void;
  truncate(sizeBytes: number): void;
  /** Resolves when what was written before the call survives a crash of the machine. */
  sync(): Promise<void>;
  close(): void;
}

import { ConfigError } from '../errors/config-errors.ts';

/** When written bytes are made to survive a crash of the machine. */
export type FsyncPolicy = 'interval' | 'commit' | 'never';

/** How the embedded log is opened. */
export interface EmbeddedLogOptions {
  /** Made when it is not there. One process at a time may have it. */
  readonly directory: string;
  /**
   * `'interval'`: every 100 ms (default). `'commit'`: before each commit resolves. `'never'`: when
   * the system does. A killed process loses nothing in any of them; a crash of the machine loses
   * what was not synced yet.
   */
  readonly fsync?: FsyncPolicy;
  /** Bytes after which a partition goes on in another file. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Bytes after which the journal is begun anew from a snapshot. Default 4 MiB. */
  readonly maxJournalBytes?: number;
  /** Bytes of records a transaction may hold, in memory, until it commits. Default 64 MiB. */
  readonly maxTransactionBytes?: number;
  /** Files of records that are kept open. Default 128. */
  readonly maxOpenFiles?: number;
  /**
   * How often the log looks for what topics keep no longer, by retention or compaction. Default
   * 15 s.
   */
  readonly cleaningIntervalMs?: number;
  /** Bytes of keys that compaction holds in memory; with more it takes longer. Default 32 MiB. */
  readonly maxCompactionBytes?: number;
  /** Told when a crash of the machine has cost commits. Default: a process warning. */
  readonly onRecovery?: (loss: RecoveryLoss) => void;
}

/** What a crash of the machine took: commits that were not synced yet. */
export interface RecoveryLoss {
  /** Commits that were found and had to be cut, because they or some before were not whole. */
  readonly commits: number;
  /** Where partitions ended that lost records, and where they end now. */
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly endOffset: number;
    readonly lostEndOffset: number;
  }[];
}

/** The options with nothing left open. */
export type LogSettings = Required<Omit<EmbeddedLogOptions, 'directory'>>;

const mebibyte = 1024 * 1024;

const defaults: LogSettings = {
  fsync: 'interval',
  segmentBytes: 64 * mebibyte,
  maxJournalBytes: 4 * mebibyte,
  maxTransactionBytes: 64 * mebibyte,
  maxOpenFiles: 128,
  cleaningIntervalMs: 15_000,
  maxCompactionBytes: 32 * mebibyte,
  onRecovery: warn,
};

/** @throws {ConfigError} With every option that is out of range. */
export function settingsOf(options: Partial<EmbeddedLogOptions>): LogSettings {
  const { directory: _, ...given } = options;
  const settings = { ...defaults, ...given };
  const { fsync, onRecovery: __, ...counts } = settings;
  const problems = Object.entries(counts)
    .filter(([, count]) => !Number.isSafeInteger(count) || count < 1)
    .map(([name, count]) => `${name} is ${count} and must be a whole number, at least 1`);
  if (!['interval', 'commit', 'never'].includes(fsync)) {
    problems.push(`fsync is ${fsync} and must be 'interval', 'commit' or 'never'`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

function warn({ commits, partitions }: RecoveryLoss): void {
  const lost = partitions.map(
    ({ topic, partition, endOffset, lostEndOffset }) =>
      `${topic}-${partition} [${endOffset}, ${lostEndOffset})`,
  );
  process.emitWarning(
    `a crash of the machine took ${commits} commits that were not synced: ${lost.join(', ')}`,
    { code: 'LOGPOSE_RECORDS_LOST' },
  );
}

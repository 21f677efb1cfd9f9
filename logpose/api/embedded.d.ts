// Written by `npm run api -- --update`: what users of this entry point see.

export interface EmbeddedLogOptions {
  readonly directory: string;
  readonly fsync?: FsyncPolicy;
  readonly segmentBytes?: number;
  readonly maxJournalBytes?: number;
  readonly maxTransactionBytes?: number;
  readonly maxOpenFiles?: number;
  readonly cleaningIntervalMs?: number;
  readonly maxCompactionBytes?: number;
  readonly onRecovery?: (loss: RecoveryLoss) => void;
}

export type FsyncPolicy = 'interval' | 'commit' | 'never';

export interface RecoveryLoss {
  readonly commits: number;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly endOffset: number;
    readonly lostEndOffset: number;
  }[];
}

export declare function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Log>;

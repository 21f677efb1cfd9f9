import { test } from 'node:test';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { deadlineMs } from './log-records.ts';

/** A log under test. */
export interface OpenLog {
  readonly port: LogPort;
  /** Closes the log and opens what it left; absent where nothing outlives a closing. */
  reopen?(): Promise<LogPort>;
  /** Closes it, reopened or not, and removes what it left. */
  close(): Promise<void>;
}

/** Why an adapter does not have to pass a case, by the case's name. */
export type Skips = Readonly<Record<string, string>>;

/** Runs one case on a log of its own. */
export type ContractCase = (
  name: string,
  run: (port: LogPort, log: OpenLog) => Promise<void>,
) => void;

export function contractCase(open: () => Promise<OpenLog>, skips: Skips): ContractCase {
  return (name, run) => {
    test(name, { skip: skips[name] ?? false, timeout: 3 * deadlineMs }, async () => {
      const log = await open();
      try {
        await run(log.port, log);
      } finally {
        await log.close();
      }
    });
  };
}

/** A partition of the topics that `createTopics` makes. */
export const first = { topic: 'first', partition: 0 };
export const second = { topic: 'second', partition: 1 };

/** `first` with one partition and `second` with two. */
export async function createTopics(port: LogPort): Promise<void> {
  await port.admin.createTopics([
    { name: 'first', partitions: 1 },
    { name: 'second', partitions: 2 },
  ]);
}

/** The error for a partition that is not there: another try would find it no more. */
export function noPartition(error: unknown): boolean {
  return error instanceof LogUnavailableError && !error.retriable;
}

import { suite } from 'node:test';
import { contractCase, type OpenLog, type Skips } from './contract-case.ts';
import { logAdminCases } from './log-admin-cases.ts';
import { logGapCases } from './log-gap-cases.ts';
import { logGroupCases } from './log-group-cases.ts';
import { logGroupProgressCases } from './log-group-progress-cases.ts';
import { logReadingCases } from './log-reading-cases.ts';
import { logReopeningCases } from './log-reopening-cases.ts';
import { logTimeCases } from './log-time-cases.ts';
import { logTransactionCases } from './log-transaction-cases.ts';
import { logWritingCases } from './log-writing-cases.ts';

/**
 * What every log must do. Each adapter's test file is one call to this.
 *
 * @param open - Opens an empty log; every case has its own.
 */
export function logPortContract(
  name: string,
  open: () => Promise<OpenLog>,
  skips: Skips = {},
): void {
  const it = contractCase(open, skips);
  suite(`${name} is a log`, () => {
    suite('reading', () => logReadingCases(it));
    suite('reading by time', () => logTimeCases(it));
    suite('reading what compaction leaves', () => logGapCases(it));
    suite('writing', () => logWritingCases(it));
    suite('transactions', () => logTransactionCases(it));
    suite('administration', () => logAdminCases(it));
    suite('groups', () => {
      logGroupCases(it);
      logGroupProgressCases(it);
    });
    suite('opening again', () => logReopeningCases(it));
  });
}

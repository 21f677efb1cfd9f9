import assert from 'node:assert/strict';
import type { Surroundings } from '../../src/base/clock.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import {
  type EmbeddedLogOptions,
  type RecoveryLoss,
  settingsOf,
} from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { ReferenceLog } from '../contract/reference-log.ts';
import { Crash, type CrashDisk } from './crash-disk.ts';
import { doStep, dumpOf, type LogStep } from './log-steps.ts';

/** Small, so that segments and journals end often. */
export const smallFiles = { segmentBytes: 400, maxJournalBytes: 200 };

/** Opens what the disk has. A loss is not told to the process. */
export function openOn(
  disk: CrashDisk,
  options: Partial<EmbeddedLogOptions> = {},
  clock: Surroundings = new ManualClock(),
): Promise<EmbeddedLog> {
  const losses: RecoveryLoss[] = [];
  const settings = settingsOf({ onRecovery: (loss) => losses.push(loss), ...options });
  return EmbeddedLog.open(disk, { surroundings: clock, settings });
}

/** What a log did until its process or machine died. */
export interface Lived {
  /** What it was asked for, in order. */
  readonly steps: readonly LogStep[];
  /** How many of them it said it had done. */
  readonly acknowledged: number;
  /** How many of them it said would survive a crash of the machine. */
  readonly durable: number;
}

/** Does steps, until all are done or the process is dead. */
export async function liveOn(
  log: EmbeddedLog,
  steps: readonly LogStep[],
  order: 'one-by-one' | 'together' = 'one-by-one',
): Promise<Lived> {
  const lived = { steps, acknowledged: 0, durable: 0 };
  const answers: Promise<boolean>[] = [];
  for (const [index, step] of steps.entries()) {
    const answer = answerOf(log, step, () => (lived.durable = Math.max(lived.durable, index + 1)));
    answers.push(answer);
    if (order === 'one-by-one' && !(await answer)) break;
  }
  const said = await Promise.allSettled(answers);
  const ended = said.findIndex((answer) => answer.status === 'rejected' || !answer.value);
  const failed = said[ended];
  // Behind a step that died, others may miss what it would have made.
  if (failed?.status === 'rejected') throw failed.reason;
  lived.acknowledged = ended < 0 ? said.length : ended;
  return lived;
}

/** False when the process died meanwhile. */
async function answerOf(
  log: EmbeddedLog,
  step: LogStep,
  whenDurable: () => void,
): Promise<boolean> {
  try {
    const { durable } = await doStep(log, step);
    durable.then(whenDurable, () => undefined);
    return true;
  } catch (error) {
    if (isCrash(error)) return false;
    throw error;
  }
}

/** True when the process died, whatever the log made of it. */
export function isCrash(error: unknown): boolean {
  if (error instanceof Crash) return true;
  return error instanceof Error && error.cause !== undefined && isCrash(error.cause);
}

/**
 * Checks that a log has exactly the first steps: at least `least` of them. Returns how many.
 */
export async function checkIsBeginning(
  log: EmbeddedLog,
  steps: readonly LogStep[],
  least: number,
): Promise<number> {
  const found = await dumpOf(log);
  const dumps: string[] = [];
  for (let count = least; count <= steps.length; count++) {
    const dump = await dumpOf(await referenceAfter(steps.slice(0, count)));
    if (dump === found) return count;
    dumps.push(dump);
  }
  assert.fail(`found\n${found}\nwhich is none of\n${dumps.slice(0, 3).join('\n-- or\n')}`);
}

/** What steps come to, by the simplest log there is. */
export async function referenceAfter(steps: readonly LogStep[]): Promise<ReferenceLog> {
  const reference = new ReferenceLog();
  for (const step of steps) await doStep(reference, step);
  return reference;
}

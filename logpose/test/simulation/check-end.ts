import assert from 'node:assert/strict';
import { must } from '../../src/base/assert.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { settingsOf } from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { checkDeadLetters, checkInput, checkOrder } from './check-input.ts';
import { answersOf, checkAnswers, checkChangelogs } from './check-stores.ts';
import { checkTopics } from './check-topics.ts';
import type { AppTransaction } from './history.ts';
import type { Life } from './life.ts';
import { inputsOf } from './log-topics.ts';
import { contentsOf, withPurged } from './model/contents.ts';
import { type Recomputed, recompute } from './model/recompute.ts';
import { checkRecovery } from './recovery.ts';
import { turns } from './turns.ts';
import type { World } from './world.ts';

/** Checks everything that is left when the input is processed. */
export async function checkEnd(world: World, life: Life): Promise<void> {
  // The application may not have been told yet what the log says, or have to look it up.
  await life.during(turns(200));
  const answers = await life.during(answersOf(life.instances));
  const stores = Object.values(must(life.instances[0], 'one runs').stores);
  await life.close();
  const log = await EmbeddedLog.open(world.disk.afterKill(), {
    surroundings: new ManualClock(world.nowMs),
    settings: settingsOf(world.settings.log),
  });
  const transactions = committed(world, await checkRecovery(world, log, []));
  const contents = withPurged(await contentsOf(log), world.ledger.purged);
  for (const [topic, partitions] of contents) {
    world.trace.add(`${topic} ${partitions.map(({ length }) => length).join(' ')}`);
  }
  checkInput(world, contents);
  checkDeadLetters(world, contents);
  checkOrder(contents, transactions, await inputsOf(log));
  const recomputed = recompute(contents, transactions, world.settings.partitions);
  checkTopics(world, contents, recomputed);
  checkChangelogs(world, { contents, stores }, recomputed);
  checkAnswers(answers, recomputed);
  checkPunctuations(transactions, recomputed);
  await closeQuickly(log);
}

/** What the application committed, in the order of the log. */
function committed(world: World, marks: readonly string[]): readonly AppTransaction[] {
  return marks
    .filter((mark) => mark.startsWith('app'))
    .map((mark) => must(world.ledger.app.get(mark), 'every mark was given out'));
}

/** Each was due once, restarts or not. */
function checkPunctuations(
  transactions: readonly AppTransaction[],
  { partitions }: Recomputed,
): void {
  partitions.forEach(({ again }, partition) => {
    const found = transactions.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.kind === 'punctuation' &&
        event.time === 'stream' &&
        event.taskId.endsWith(`_${partition}`)
          ? [event.nowMs]
          : [],
      ),
    );
    assert.deepEqual(found, again.due, `punctuations of partition ${partition}`);
  });
}

/** Nothing is to be synced: the log was read only. */
async function closeQuickly(log: LogPort): Promise<void> {
  await log.close();
}

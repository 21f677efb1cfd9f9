import assert from 'node:assert/strict';
import { must } from '../../src/base/assert.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import type { RecoveryLoss } from '../../src/log-embedded/options.ts';
import { partitionKey } from '../../src/record/topic-partition.ts';
import { marksTopic } from './ledger.ts';
import { inputsOf } from './log-topics.ts';
import { applicationId } from './topics.ts';
import type { World } from './world.ts';
import { inputsAmong, marksIn } from './writer.ts';

/**
 * Checks what a process finds against what the world was told before. Returns the marks of the
 * transactions that are there.
 */
export async function checkRecovery(
  world: World,
  log: LogPort,
  losses: readonly RecoveryLoss[],
): Promise<readonly string[]> {
  const [topic] = await log.admin.describeTopics([marksTopic]);
  const marks = topic === undefined ? [] : await marksIn(log);
  checkMarks(world, marks);
  await checkEpoch(world, log, losses);
  await checkProgress(world, log, marks);
  await checkKept(world, log);
  world.ledger.acknowledged = [...marks];
  await noteEnds(world, log);
  if (world.lastEnd === 'machine') for (const mark of marks) world.ledger.durable.add(mark);
  world.lastEnd = 'none';
  return marks;
}

/** What was promised is there, once, and in its order. */
function checkMarks({ ledger, lastEnd, settings }: World, marks: readonly string[]): void {
  const { acknowledged, durable } = ledger;
  const all = new Set(marks);
  assert.equal(all.size, marks.length, 'a transaction is in the log twice');
  const isTold = lastEnd !== 'machine' || settings.fsync === 'commit';
  const promised = acknowledged.filter((mark) => isTold || durable.has(mark));
  if (settings.fsync !== 'never' || lastEnd !== 'machine') {
    const lost = promised.filter((mark) => !all.has(mark));
    assert.deepEqual(lost, [], `lost by a crash of the ${lastEnd}`);
  }
  const left = acknowledged.filter((mark) => all.has(mark));
  assert.deepEqual(marks.slice(0, left.length), left, 'transactions are in another order');
  assert.deepEqual(acknowledged.slice(0, left.length), left, 'a transaction in between is lost');
  for (let at = 0; at < inputsAmong(marks); at++) assert.ok(all.has(`input ${at}`));
}

/** The epoch rises where something was cut, and nowhere else. */
async function checkEpoch(
  world: World,
  log: LogPort,
  losses: readonly RecoveryLoss[],
): Promise<void> {
  const before = world.leaderEpoch;
  world.leaderEpoch = undefined;
  const [topic] = await log.admin.describeTopics([marksTopic]);
  if (topic === undefined) return;
  const [range] = await log.admin.offsetRanges([{ topic: marksTopic, partition: 0 }]);
  const { leaderEpoch } = must(range, 'the topic of the marks is there');
  world.leaderEpoch = leaderEpoch;
  world.trace.add(`epoch ${leaderEpoch}`);
  if (world.lastEnd !== 'machine') assert.deepEqual(losses, [], 'a killed process loses nothing');
  if (before === undefined) return;
  assert.ok(leaderEpoch >= before, `the epoch goes from ${before} to ${leaderEpoch}`);
  if (world.lastEnd === 'clean') assert.equal(leaderEpoch, before, 'nothing was cut');
  if (losses.length > 0) assert.ok(leaderEpoch > before, 'something was cut');
}

/** The application's offsets are those of the last transaction that is there. */
async function checkProgress(
  { ledger }: World,
  log: LogPort,
  marks: readonly string[],
): Promise<void> {
  const inputs = await inputsOf(log);
  const committed = await log.admin.committedOffsets(applicationId, inputs);
  const expected = ledger.progress(marks);
  const found = committed.flatMap((each) =>
    each === undefined ? [] : [[partitionKey(each.topic, each.partition), each.offset] as const],
  );
  assert.deepEqual(new Map(found.toSorted()), new Map([...expected].toSorted()));
}

/** What is there now counts as safe. */
async function noteEnds({ ledger }: World, log: LogPort): Promise<void> {
  ledger.durableEnds.clear();
  const topics = (await log.admin.listTopics()).filter((name) => name.endsWith('-changelog'));
  for (const topic of await log.admin.describeTopics(topics)) {
    const { name = '', partitions = 0 } = topic ?? {};
    const places = Array.from({ length: partitions }, (_, partition) => ({
      topic: name,
      partition,
    }));
    const ranges = await log.admin.offsetRanges(places);
    places.forEach((place, at) => {
      ledger.isDurable({ ...place, offset: ranges[at]?.endOffset ?? 0 });
    });
  }
}

/** A store is not ahead of its changelog, or its epoch says that it is not to be trusted. */
async function checkKept({ kept }: World, log: LogPort): Promise<void> {
  for (const { taskId, store, engine } of kept.all()) {
    const { checkpoint } = engine;
    if (checkpoint === undefined) continue;
    const partition = Number(taskId.split('_')[1]);
    const topic = `${applicationId}-${store}-changelog`;
    const [description] = await log.admin.describeTopics([topic]);
    // A topic that was created again is another.
    if (description?.topicId !== checkpoint.topicId) continue;
    const [range] = await log.admin.offsetRanges([{ topic, partition }]);
    const { endOffset, leaderEpoch } = must(range, 'the changelog is there');
    assert.ok(
      checkpoint.offset <= endOffset || checkpoint.leaderEpoch < leaderEpoch,
      `store ${store} of task ${taskId} is at ${checkpoint.offset}, its changelog at ${endOffset}`,
    );
  }
}

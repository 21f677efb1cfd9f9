import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ChangelogNow, problemOfCheckpoint } from './checkpoint-rules.ts';

const dayMs = 86_400_000;
const checkpoint = { topicId: 'a', leaderEpoch: 3, offset: 50, flushedAtMs: 1000 };
const now: ChangelogNow = {
  topic: { name: 'changelog', topicId: 'a', partitions: 1, config: {} },
  range: { startOffset: 10, endOffset: 90, leaderEpoch: 3 },
  nowMs: 1000 + dayMs,
};

suite('a checkpoint', () => {
  test('is gone on from while its changelog still has what follows', () => {
    assert.equal(problemOfCheckpoint(checkpoint, now), undefined);
  });

  test('of another topic, or of an end that was lost, is worth nothing', () => {
    const topic = { ...now.topic, topicId: 'b' };
    const range = { ...now.range, leaderEpoch: 4 };

    assert.match(String(problemOfCheckpoint(checkpoint, { ...now, topic })), /another topic/);
    assert.match(String(problemOfCheckpoint(checkpoint, { ...now, range })), /lost its end/);
  });

  test('outside of its changelog is worth nothing', () => {
    const at = (offset: number) => String(problemOfCheckpoint({ ...checkpoint, offset }, now));

    assert.match(at(91), /ahead/);
    assert.match(at(9), /begins behind/);
  });

  test('older than the changelog keeps deletions is worth nothing, unless it is at the end', () => {
    const later = { ...now, nowMs: now.nowMs + 1 };
    const config = { 'delete.retention.ms': '10' };
    const sooner = { ...now, nowMs: 1011, topic: { ...now.topic, config } };

    assert.match(String(problemOfCheckpoint(checkpoint, later)), /older/);
    assert.match(String(problemOfCheckpoint(checkpoint, sooner)), /older/);
    assert.equal(problemOfCheckpoint({ ...checkpoint, offset: 90 }, later), undefined);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { problemsOfConfig, rulesOf } from './topic-rules.ts';

const dayMs = 24 * 60 * 60 * 1000;

suite('the settings of a topic', () => {
  test('are those of Kafka where nothing is said', () => {
    assert.deepEqual(rulesOf({}), {
      deletes: true,
      compacts: false,
      retentionMs: 7 * dayMs,
      retentionBytes: -1,
      segmentMs: 7 * dayMs,
      segmentBytes: undefined,
      deleteRetentionMs: dayMs,
      minCompactionLagMs: 0,
      maxCompactionLagMs: Number.POSITIVE_INFINITY,
      minCleanableDirtyRatio: 0.5,
    });
  });

  test('have the names and forms that Kafka has', () => {
    const rules = rulesOf({
      'cleanup.policy': 'compact, delete',
      'retention.ms': '-1',
      'retention.bytes': '1000',
      'segment.ms': '5',
      'segment.bytes': '6',
      'delete.retention.ms': '0',
      'min.compaction.lag.ms': '7',
      'max.compaction.lag.ms': '9223372036854775807',
      'min.cleanable.dirty.ratio': '0.25',
    });

    assert.deepEqual(rules, {
      deletes: true,
      compacts: true,
      retentionMs: -1,
      retentionBytes: 1000,
      segmentMs: 5,
      segmentBytes: 6,
      deleteRetentionMs: 0,
      minCompactionLagMs: 7,
      maxCompactionLagMs: 2 ** 63,
      minCleanableDirtyRatio: 0.25,
    });
  });

  test('let segments end by retention, where that is shorter, but not every moment', () => {
    assert.equal(rulesOf({ 'retention.ms': `${dayMs}` }).segmentMs, dayMs);
    assert.equal(rulesOf({ 'retention.ms': '1' }).segmentMs, 60_000);
    const compacted = { 'cleanup.policy': 'compact', 'retention.ms': '1' };
    assert.equal(rulesOf(compacted).segmentMs, 7 * dayMs);
  });

  test('that make no sense are named all at once, with their topic', () => {
    const config = {
      'cleanup.policy': 'compact,burn',
      'retention.ms': '-2',
      'retention.bytes': 'much',
      'segment.bytes': '0',
      'segment.ms': '1.5',
      'min.cleanable.dirty.ratio': '1.1',
      'message.timestamp.type': 'LogAppendTime',
      'retention-ms': '5',
    };

    assert.deepEqual(problemsOf(config), [
      "cleanup.policy is 'compact,burn' and must be delete, compact or compact,delete",
      "retention.ms is '-2' and must be a whole number, at least -1",
      "retention.bytes is 'much' and must be a whole number, at least -1",
      "segment.bytes is '0' and must be a whole number, at least 1",
      "segment.ms is '1.5' and must be a whole number, at least 1",
      "min.cleanable.dirty.ratio is '1.1' and must be a number, at least 0 and at most 1",
      "message.timestamp.type is 'LogAppendTime': this log keeps the times of records, CreateTime",
      'Kafka has no topic setting retention-ms',
    ]);
  });

  test('that contradict each other are refused', () => {
    const config = { 'min.compaction.lag.ms': '5', 'max.compaction.lag.ms': '4' };

    assert.deepEqual(problemsOf(config), [
      'min.compaction.lag.ms is longer than max.compaction.lag.ms',
    ]);
  });

  test('of brokers alone are taken, and of no effect', () => {
    const config = { 'min.insync.replicas': '2', 'compression.type': 'lz4' };

    assert.deepEqual(problemsOf(config), []);
  });

  test('that were written before they were checked mean what is usual', () => {
    const rules = rulesOf({ 'retention.ms': 'soon', 'cleanup.policy': 'burn' });

    assert.deepEqual([rules.deletes, rules.retentionMs], [true, 7 * dayMs]);
  });
});

function problemsOf(config: Readonly<Record<string, string>>): readonly string[] {
  const problems = problemsOfConfig({ name: 'red', partitions: 1, config });
  return problems.map((problem) => problem.replace(/^the topic red: /, ''));
}

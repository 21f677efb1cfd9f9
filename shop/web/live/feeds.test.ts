import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Channel, emptyFeed } from './feed.ts';
import { Feeds } from './feeds.ts';
import type { Values } from './frames.ts';

type Sent = Readonly<Record<string, string>>;

/** A channel of lists: a change appends to what is known. */
function lists(): Channel<readonly unknown[]> {
  const feed = emptyFeed<readonly unknown[]>();
  return { name: 'list', feedOf: () => feed, merge: (before, data) => [...(before ?? []), data] };
}

function follow() {
  const sent: Sent[] = [];
  const feeds = new Feeds((frame) => sent.push(frame));
  const channel = lists();
  const release = feeds.follow(channel, 'a');
  return { feeds, sent, feed: channel.feedOf('a'), release };
}

function frame(op: 'snap' | 'diff', sequence: number, data: unknown): Values {
  return { op, channel: 'list', key: 'a', sequence, data };
}

test('a snapshot and the changes behind it give the value', () => {
  const { feeds, feed } = follow();
  feeds.received(frame('snap', 7, 1));
  feeds.received(frame('diff', 8, 2));
  feeds.received(frame('diff', 9, 3));
  assert.deepEqual(feed.value.value, [1, 2, 3]);
  assert.deepEqual(feed.readiness.value, { kind: 'ready' });
});

test('a missing change makes the page ask for a new snapshot', () => {
  const { feeds, feed, sent } = follow();
  feeds.received(frame('snap', 1, 1));
  feeds.received(frame('diff', 3, 3));
  assert.deepEqual(feed.value.value, [1]);
  assert.deepEqual(sent.at(-1), { op: 'sub', ch: 'list', key: 'a' });
  feeds.received(frame('diff', 4, 4));
  assert.deepEqual(feed.value.value, [1], 'changes wait for the snapshot');
  feeds.received(frame('snap', 9, 9));
  assert.deepEqual(feed.value.value, [9]);
});

test('an opened line asks again for everything that is shown', () => {
  const { feeds, sent } = follow();
  feeds.opened();
  assert.deepEqual(sent, [
    { op: 'sub', ch: 'list', key: 'a' },
    { op: 'sub', ch: 'list', key: 'a' },
  ]);
});

test('two users of a channel share one subscription, which ends with the last', () => {
  const sent: Sent[] = [];
  const feeds = new Feeds((sending) => sent.push(sending));
  const channel = lists();
  const endFirst = feeds.follow(channel, 'a');
  const endSecond = feeds.follow(channel, 'a');
  endFirst();
  assert.equal(sent.length, 1);
  endSecond();
  assert.deepEqual(sent.at(-1), { op: 'unsub', ch: 'list', key: 'a' });
});

test('while a store is restored the last value stays and the share done is told', () => {
  const { feeds, feed } = follow();
  feeds.received(frame('snap', 1, 1));
  feeds.received({ op: 'state', channel: 'list', key: 'a', state: 'restoring', percent: 62 });
  assert.deepEqual(feed.value.value, [1]);
  assert.deepEqual(feed.readiness.value, { kind: 'restoring', percent: 62 });
});

test('frames of a channel that nobody shows are ignored', () => {
  const { feeds, feed, release } = follow();
  release();
  feeds.received(frame('snap', 1, 1));
  assert.equal(feed.value.value, undefined);
});

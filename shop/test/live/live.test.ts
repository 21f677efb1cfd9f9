import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from 'logpose';
import { maxSubscriptions, maxUnsentBytes, skipBytes } from '../../src/live/live-connection.ts';
import { maxFramesPerSecond } from '../../src/live/live-hub.ts';
import { emptyDay } from '../../src/streams/daily.ts';
import { type LiveKit, openLive, type TestFrame } from './live-kit.ts';

const today = '2026-02-16';

liveTest(
  'a page is greeted, and asked for a channel it gets all of it, then changes',
  async (kit) => {
    const page = kit.connect();
    assert.deepEqual(page.frames, [
      {
        op: 'hello',
        v: 1,
        instance: 'crew-1',
        zone: 'Asia/Seoul',
        now: Date.parse('2026-02-16T03:00:00Z'),
        visitor: 'ada',
      },
    ]);
    page.say({ op: 'sub', ch: 'viewers', key: '7' });
    assert.deepEqual(page.take(), [
      { op: 'snap', ch: 'viewers', key: '7', seq: 1, pos: null, data: 0 },
    ]);
    await kit.tell(kit.topics.viewers, '7', 3);
    kit.advance(1_000);
    const [frame, ...more] = page.take();
    assert.deepEqual([frame?.op, frame?.seq, frame?.data], ['diff', 2, 3]);
    assert.match(String(frame?.['pos']), /^basquiat\.product\.viewers-\d@0$/);
    assert.deepEqual(more, []);
  },
);

liveTest('many changes of a moment are one frame with the last of them', async (kit) => {
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'viewers', key: '7' });
  for (const now of [1, 2, 3, 4]) await kit.tell(kit.topics.viewers, '7', now);
  kit.advance(900);
  assert.equal(page.take().length, 1, 'a number of viewers is told once a second');
  kit.advance(100);
  assert.deepEqual(
    page.take().map(({ data }) => data),
    [4],
  );
});

liveTest('a treasure shows counts from the log and stock from the books', async (kit) => {
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'product', key: '7' });
  const stats = {
    views: 41,
    orders: { orders: 2, units: 3, revenue: 9, cancels: 1, cancelUnits: 1 },
    made: { count: 5, units: 5 },
    confirmed: 1,
    cancelled: { count: 2, expired: 1 },
  };
  const now = { pending: 2, confirmed: 1, cancelled: 2, expired: 1, conflicts: 0, decideMs: 0 };
  await kit.tell(kit.topics.stats, '7', stats);
  await kit.tell(kit.topics.reservationsNow, '7', now);
  await kit.tell(kit.topics.daily, `7|${today}|Asia/Seoul`, dayRow('7', 12));
  const product = kit.cache.byCode('7');
  kit.cache.put(product === undefined ? [] : [{ ...product, quantity: 17, stockVersion: 4 }]);
  kit.advance(200);
  assert.deepEqual(page.take().at(-1)?.data, {
    code: '7',
    views: 41,
    viewsToday: 12,
    orders: 2,
    units: 3,
    revenue: 9,
    orderCancels: 1,
    reservations: 5,
    held: 2,
    confirmed: 1,
    cancelled: 2,
    expired: 1,
    viewers: 0,
    quantity: 17,
  });
});

liveTest('a ranking comes with names and previous ranks', async (kit) => {
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'ranking', key: 'orders:today' });
  const rows = [{ rank: 1, previousRank: 2, code: '7', count: 9 }];
  await kit.tell(kit.topics.ranking, 'orders:today', { day: today, rows });
  kit.advance(300);
  assert.deepEqual(page.take().at(-1)?.data, {
    rows: [
      { rank: 1, previousRank: 2, code: '7', name: '산호 왕관', nameEn: 'Coral Crown', count: 9 },
    ],
  });
});

liveTest('at midnight the lists of today are empty, though nothing has happened', async (kit) => {
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'ranking', key: 'orders:today' });
  const rows = [{ rank: 1, code: '7', count: 9 }];
  await kit.tell(kit.topics.ranking, 'orders:today', { day: today, rows });
  kit.advance(300);
  page.take();
  kit.advance(12 * 3_600_000);
  assert.deepEqual(page.take().at(-1)?.data, { rows: [] });
});

liveTest('the ticker begins with the last events and goes on with the new ones', async (kit) => {
  const tick = (quantity: number) => ({
    type: 'order.created',
    code: '7',
    occurredAt: 1,
    quantity,
    skipped: 0,
  });
  await kit.tell(kit.topics.ticker, '7', tick(1));
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'ticker' });
  await kit.tell(kit.topics.ticker, '7', tick(2));
  await kit.tell(kit.topics.ticker, '7', tick(3));
  kit.advance(100);
  const frames = page.take();
  assert.deepEqual(frames.map(quantitiesIn), [[1], [2, 3]]);
  assert.match(JSON.stringify(frames), /Coral Crown/);
});

liveTest('a day begins with all of its rows and goes on with those that changed', async (kit) => {
  await kit.tell(kit.topics.daily, `7|${today}|Asia/Seoul`, dayRow('7', 1));
  await kit.tell(kit.topics.daily, `8|${today}|Asia/Seoul`, dayRow('8', 1));
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'daily', key: today });
  await kit.tell(kit.topics.daily, `8|${today}|Asia/Seoul`, dayRow('8', 2));
  kit.advance(500);
  const [snapshot, diff] = page.take();
  assert.deepEqual(codesIn(snapshot).toSorted(), ['7', '8']);
  assert.deepEqual(codesIn(diff), ['8']);
});

liveTest('customers that are not there are said not to be', async (kit) => {
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'driver' });
  const [frame] = page.take();
  assert.equal(Object(frame?.data).available, false);
  kit.advance(1_000);
  assert.equal(page.take().length, 1, 'once a second');
});

liveTest('stream instances are told once a second, as they are then', async (kit) => {
  const page = kit.connect();
  const running = { id: 'crew-1', state: 'running', tasks: ['0_0'], restoreLag: 0 } as const;
  kit.instances.push(running);
  page.say({ op: 'sub', ch: 'instances' });
  const down = { ...running, state: 'down', tasks: [] } as const;
  kit.instances[0] = down;
  kit.advance(1_000);
  assert.deepEqual(
    page.take().map(({ data }) => data),
    [{ instances: [running] }, { instances: [down] }],
  );
});

liveTest(
  'a slow page gets fewer frames, later the newest, and is given up at last',
  async (kit) => {
    const page = kit.connect();
    page.say({ op: 'sub', ch: 'viewers', key: '7' });
    page.take();
    page.bufferedAmount = skipBytes + 1;
    await kit.tell(kit.topics.viewers, '7', 1);
    kit.advance(2_000);
    assert.deepEqual(page.take(), []);
    await kit.tell(kit.topics.viewers, '7', 2);
    page.bufferedAmount = 0;
    kit.advance(1_000);
    assert.deepEqual(
      page.take().map(({ seq, data }) => [seq, data]),
      [[2, 2]],
    );
    await kit.tell(kit.topics.viewers, '7', 3);
    page.bufferedAmount = maxUnsentBytes + 1;
    kit.advance(1_000);
    assert.equal(page.closed, '1013 too slow');
  },
);

liveTest(
  'a page that is silent for 40 seconds is given up, one that answers is kept',
  async (kit) => {
    const [silent, lively] = [kit.connect(), kit.connect('grace')];
    for (let n = 0; n < 4; n++) {
      kit.advance(15_000);
      lively.answerPing();
    }
    assert.equal(silent.closed, 'terminated');
    assert.equal(lively.closed, undefined);
    assert.ok(lively.pings >= 3);
  },
);

liveTest(
  'two tabs of one visitor are one viewer, who leaves with the last of them',
  async (kit) => {
    const [one, other] = [kit.connect(), kit.connect()];
    one.say({ op: 'here', code: '7' });
    other.say({ op: 'here', code: '7' });
    one.leave();
    assert.deepEqual(kit.presence, ['ada here 7', 'ada here 7']);
    other.say({ op: 'away' });
    assert.deepEqual(kit.presence.at(-1), 'ada away 7');
  },
);

liveTest('a day’s total is told as one row, its treasures as one each', async (kit) => {
  const page = kit.connect();
  await kit.tell(kit.topics.daily, `7|${today}|Asia/Seoul`, dayRow('7', 12));
  page.say({ op: 'sub', ch: 'daily', key: `${today}:total` });
  await kit.tell(kit.topics.daily, `8|${today}|Asia/Seoul`, dayRow('8', 3));
  kit.advance(600);
  await kit.tell(kit.topics.daily, `7|${today}|Asia/Seoul`, dayRow('7', 14));
  kit.advance(600);
  const total = (views: number) => [{ day: today, zone: 'Asia/Seoul', ...emptyDay, views }];
  const rowsIn = (frame: TestFrame) => Object(frame.data).rows;
  assert.deepEqual(page.take().map(rowsIn), [total(12), total(15), total(17)]);
});

test('while lists are read a page is told how far that is, then gets everything', async () => {
  await using kit = await openLive({ lists: 'begun' });
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'viewers', key: '7' });
  kit.advance(1_000);
  const progress = { op: 'state', ch: 'viewers', key: '7', state: 'restoring', percent: 0 };
  assert.deepEqual(page.take(), [progress, progress]);

  await kit.lists.whenReady();
  assert.equal(kit.lists.percent, 100);
  kit.advance(100);
  assert.deepEqual(
    page.take().map(({ op, data }) => [op, data]),
    [['snap', 0]],
  );
});

liveTest('who opens another treasure has left the first one', async (kit) => {
  const page = kit.connect();
  page.say({ op: 'here', code: '7' });
  page.say({ op: 'here', code: '8' });
  assert.deepEqual(kit.presence, ['ada here 7', 'ada away 7', 'ada here 8']);
  page.leave();
  assert.equal(kit.presence.at(-1), 'ada away 8');
});

liveTest('nobody looks at what is not there', async (kit) => {
  const page = kit.connect();
  page.take();
  page.say({ op: 'here', code: 'no treasure' });
  assert.deepEqual(page.take(), [{ op: 'error', code: 'product-not-found' }]);
  assert.deepEqual(kit.presence, []);
});

liveTest(
  'a foreign record in a topic of results is left out and told, the next one counts',
  async (kit) => {
    const page = kit.connect();
    const { viewers, daily, ranking, ticker } = kit.topics;
    page.say({ op: 'sub', ch: 'viewers', key: '7' });
    for (const { name } of [viewers, daily, ranking, ticker]) {
      await kit.poison(name);
    }
    await kit.tell(viewers, '7', 3);
    kit.advance(1_000);
    assert.equal(page.take().at(-1)?.data, 3);
    assert.ok(kit.lists.ready);
    // Of each topic a record without key, one without value, and one of another form.
    await kit.until(() => kit.errors.length === 4 * 3);
    assert.ok(kit.errors.every((error) => error instanceof DecodeError));
  },
);

liveTest('signs of life in one second count once', async (kit) => {
  const page = kit.connect();
  for (let n = 0; n < 5; n++) page.say({ op: 'here', code: '7' });
  assert.deepEqual(kit.presence, ['ada here 7']);
  kit.advance(1_000);
  page.say({ op: 'here', code: '7' });
  assert.equal(kit.presence.length, 2);
});

liveTest('nonsense is answered with an error, and the line stays', async (kit) => {
  const page = kit.connect();
  const nonsense = ['{', '[]', '{"op":"fly"}', '{"op":"sub"}', '{"op":"here","code":""}'];
  for (const text of nonsense) page.say(text);
  page.say({ op: 'sub', ch: 'ranking', key: 'beauty' });
  page.say({ op: 'sub', ch: 'nothing' });
  page.say({ op: 'sub', ch: 'daily', key: '2026-02-30' });
  assert.deepEqual(
    page.take().map(({ code }) => code),
    [
      ...nonsense.map(() => 'validation-failed'),
      ...Array.from({ length: 3 }, () => 'channel-not-found'),
    ],
  );
  page.say({ op: 'ping' });
  assert.deepEqual(page.take(), [{ op: 'pong' }]);
});

liveTest('channels of one page and frames of a second have bounds', async (kit) => {
  const page = kit.connect();
  for (let n = 0; n <= maxSubscriptions; n++) {
    page.say({ op: 'sub', ch: 'viewers', key: `${n}` });
  }
  assert.equal(page.take().at(-1)?.['code'], 'too-many-channels');
  for (let n = 0; n <= maxFramesPerSecond; n++) page.say({ op: 'ping' });
  assert.equal(page.closed, '1008 too many frames');
});

liveTest('a channel asked for again begins anew, one that is left is silent', async (kit) => {
  const page = kit.connect();
  page.say({ op: 'sub', ch: 'viewers', key: '7' });
  page.say({ op: 'sub', ch: 'viewers', key: '7' });
  assert.deepEqual(
    page.take().map(({ op, seq }) => [op, seq]),
    [
      ['snap', 1],
      ['snap', 1],
    ],
  );
  page.say({ op: 'unsub', ch: 'viewers', key: '7' });
  await kit.tell(kit.topics.viewers, '7', 3);
  kit.advance(1_000);
  assert.deepEqual(page.take(), []);
});

liveTest('a shop that closes says goodbye and when to come back', async (kit) => {
  const page = kit.connect();
  page.take();
  kit.hub.close();
  assert.deepEqual(page.take(), [{ op: 'bye', reason: 'restart', retryMs: 500 }]);
  assert.equal(page.closed, '1001 restart');
});

function liveTest(title: string, run: (kit: LiveKit) => Promise<void>): void {
  test(title, async () => {
    await using kit = await openLive();
    await run(kit);
  });
}

function dayRow(code: string, views: number) {
  const startMs = Date.parse('2026-02-15T15:00:00Z');
  const endMs = startMs + 86_400_000;
  const counts = { ...emptyDay, views };
  return { code, day: today, zone: 'Asia/Seoul', startMs, endMs, partition: 0, counts };
}

function codesIn(frame: TestFrame | undefined): readonly string[] {
  return Object(frame?.data).rows.map(({ code }: { code: string }) => code);
}

function quantitiesIn(frame: TestFrame): readonly number[] {
  return Object(frame.data).events.map(({ quantity }: { quantity: number }) => quantity);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, WebSocketRoute } from 'playwright-core';
import type { Stage } from './stage.ts';

/**
 * What a healthy shop does not do on demand. Here answers are held back or replaced on their way
 * to the page; everything else comes from the running shop.
 */
export function stateScenarios({ shop, come }: Stage): void {
  test('a loading catalogue shows its outline, then says what it waits for', async () => {
    await using visitor = await come();
    const held = Promise.withResolvers<void>();
    await visitor.page.route('**/api/products?*', async (route) => {
      await held.promise;
      await route.continue();
    });
    await visitor.open('/');
    await visitor.page.locator('.card-skeletons [aria-busy=true]').waitFor();
    await visitor.page.getByText('보물 목록을 기다리는 중입니다…').waitFor();
    held.resolve();
    await visitor.page.locator('.card').first().waitFor();
    assert.equal(await visitor.page.locator('.card-skeletons').count(), 0);
  });

  test('a failed catalogue says why in the words of the shop, and can be tried again', async () => {
    await using visitor = await come();
    const detail = '장부를 열 수 없습니다.';
    await visitor.page.route(
      '**/api/products?*',
      (route) =>
        route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({ status: 503, code: 'sql-unavailable', detail }),
        }),
      { times: 1 },
    );
    await visitor.open('/');
    await visitor.page.locator('.note.problem[data-code=sql-unavailable]').waitFor();
    await visitor.page.getByText(detail).waitFor();
    await visitor.button('다시 시도').click();
    await visitor.page.locator('.card').first().waitFor();
    assert.equal(await visitor.page.locator('.note.problem').count(), 0);
  });

  test('a treasure that does not exist leads back to the catalogue', async () => {
    await using visitor = await come();
    await visitor.open('/p/4711');
    await visitor.page.getByText('보물을 찾을 수 없습니다. (번호: 4711)').waitFor();
    await visitor.page.getByRole('link', { name: '모든 보물 보기' }).click();
    await visitor.page.locator('.card').first().waitFor();
  });

  test('an address without a view says so, and leads back to the catalogue', async () => {
    await using visitor = await come({ locale: 'en-GB' });
    for (const path of ['/flow', '/ops', '/tour', '/tickets']) {
      const answer = await visitor.page.goto(`${shop().address}${path}`);
      assert.equal(answer?.status(), 404);
      await visitor.page.getByText('There is no such page.').waitFor();
      assert.equal(await visitor.page.locator(`a[href="${path}"]`).count(), 0);
    }
    await visitor.page.getByRole('link', { name: 'See all treasures' }).click();
    await visitor.page.locator('.card').first().waitFor();
  });

  test('a shop with a newer protocol asks for a reload', async () => {
    await using visitor = await come();
    await replaceLine(visitor.page, { version: 2 });
    await visitor.open('/');
    await visitor.page.getByText('상점이 새 판으로 바뀌었습니다.').waitFor();
    await visitor.button('새로 고침').waitFor();
  });

  test('while counts are restored the page says how far it is', async () => {
    await using visitor = await come();
    await replaceLine(visitor.page, {
      answer: ({ ch, key }) => ({ op: 'state', ch, key, state: 'restoring', percent: 62 }),
    });
    await visitor.open('/board');
    await visitor.page.getByText('집계를 복구하는 중입니다. (62%)').first().waitFor();
  });

  test('without any record the page says so and offers to call customers', async () => {
    await using visitor = await come();
    await replaceLine(visitor.page, {
      answer: ({ ch, key }) => ({ op: 'snap', ch, key, seq: 1, pos: 0, data: emptyDataOf(ch) }),
    });
    await visitor.open('/');
    await visitor.page.getByText('아직 집계된 기록이 없습니다.').first().waitFor();
    const called = visitor.page.waitForRequest('**/api/ops/driver');
    await visitor.page.route('**/api/ops/driver', (route) => route.abort());
    await visitor.button('손님 부르기').first().click();
    assert.deepEqual((await called).postDataJSON(), { paused: false });
  });
}

interface LineScript {
  readonly version?: number;
  readonly answer?: (wanted: { readonly ch: unknown; readonly key: unknown }) => object;
}

/** Plays the shop's side of the live line. */
async function replaceLine(page: Page, { version = 1, answer }: LineScript): Promise<void> {
  const say = (line: WebSocketRoute, frame: object): void => line.send(JSON.stringify(frame));
  await page.routeWebSocket('**/live', (line) => {
    line.onMessage((message) => {
      const frame: unknown = JSON.parse(`${message}`);
      if (answer !== undefined && isSubscription(frame)) say(line, answer(frame));
    });
    const now = Date.now();
    say(line, { op: 'hello', v: version, instance: 'crew-1', zone: 'Asia/Seoul', now });
  });
}

function isSubscription(frame: unknown): frame is { readonly ch: unknown; readonly key: unknown } {
  return typeof frame === 'object' && frame !== null && 'op' in frame && frame.op === 'sub';
}

function emptyDataOf(channel: unknown): unknown {
  return channel === 'product' || channel === 'driver' ? {} : { rows: [], events: [] };
}

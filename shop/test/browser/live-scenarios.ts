import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPaused, placeOrder, rankingOf, viewersOf } from './answers.ts';
import { eventually } from './eventually.ts';
import type { Stage } from './stage.ts';

/** What moves. Begins with simulated customers; none are there any more at the end. */
export function liveScenarios({ shop, come }: Stage): void {
  test('the page moves by itself within five seconds of being opened', async () => {
    await using visitor = await come();
    await visitor.open('/');
    await visitor.page.locator('.ranking li').first().waitFor({ timeout: 5_000 });
    await visitor.page.locator('.happening').first().waitFor({ timeout: 5_000 });
    const before = await visitor.textOf('.ticker');
    await eventually(async () => (await visitor.textOf('.ticker')) !== before || undefined, 5_000);
    assert.deepEqual(visitor.troubles, []);
  });

  test('the simulated customers are sent home on the page', async () => {
    await using visitor = await come();
    await visitor.openLive('/');
    await visitor.page.locator('[role=switch][aria-checked=true]').click();
    await visitor.page.getByText('가상의 손님이 쉬고 있습니다.').waitFor();
    await eventually(async () => (await isPaused(shop())) || undefined);
  });

  test('an order placed on the page changes the ranking on another page', async () => {
    const [, second] = await rankingOf(shop(), 'orders');
    assert.ok(second, 'the customers have ordered two treasures at least');
    await using watcher = await come();
    await watcher.openLive('/board');
    await watcher.button('전체').click();
    await using visitor = await come();
    await visitor.openLive(`/p/${second.code}`);
    await visitor.button('지금 합류하기').click();
    await visitor.page.getByText('합류했습니다! 주문 번호').waitFor();
    const count = `[data-ranking=orders] [data-key="${second.code}"] .count .only-read`;
    await eventually(async () => {
      const shown = Number((await watcher.textOf(count)).replaceAll(',', ''));
      return shown > second.count || undefined;
    });
  });

  test('enough orders make a treasure overtake the first one', async () => {
    await using watcher = await come();
    await watcher.openLive('/board');
    await watcher.button('전체').click();
    const [first, second] = await rankingOf(shop(), 'orders');
    assert.ok(first && second);
    for (let count = second.count; count <= first.count; count += 1) {
      await placeOrder(shop(), Number(second.code));
    }
    const leader = '[data-ranking=orders] li:first-child';
    await watcher.page.locator(`${leader}[data-key="${second.code}"] .movement.up`).waitFor();
  });

  test('viewers now counts the visitors who have a treasure open', async () => {
    // The pages of simulated customers close one by one.
    const quiet = await eventually(async () => {
      return (await viewersOf(shop())).find(({ viewers }) => viewers === 0);
    }, 60_000);
    await using one = await come();
    await one.openLive(`/p/${quiet.id}`);
    await one.page.locator('[data-viewers="1"]').waitFor();
    const other = await come();
    await other.openLive(`/p/${quiet.id}`);
    const two = '이 보물을 지금 2명이 보고 있습니다.';
    await one.page.locator('.watching', { hasText: two }).waitFor();
    await other.leave();
    await one.page.locator('[data-viewers="1"]').waitFor();
  });

  test('a stopped shop shows a banner, and the page recovers when it is back', async () => {
    await using visitor = await come();
    await visitor.openLive('/board');
    await visitor.button('전체').click();
    await visitor.page.locator('[data-ranking=orders] li').first().waitFor();
    const [first] = await rankingOf(shop(), 'orders');
    await shop().kill();
    await visitor.page.locator('[data-banner=cut]').waitFor();
    await visitor.page.locator('.page.stale').waitFor();
    await shop().start('--no-driver');
    await visitor.page.getByText('다시 연결되었습니다.').waitFor();
    await visitor.page.locator('.page:not(.stale) .line-mark.open').waitFor();
    assert.deepEqual((await rankingOf(shop(), 'orders'))[0], first, 'nothing is lost');
  });
}

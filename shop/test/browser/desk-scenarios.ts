import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOrder, productOf } from './answers.ts';
import { eventually } from './eventually.ts';
import type { Stage } from './stage.ts';

/** A treasure with many pieces, and one with few. */
const plenty = 6;
const scarce = 10;

/** What a visitor does with a treasure, and what the shop answers. Without simulated customers. */
export function deskScenarios({ shop, come }: Stage): void {
  test('a reservation is confirmed', async () => {
    await using visitor = await come();
    await visitor.openLive(`/p/${plenty}`);
    await visitor.button('날짜 정해 예약하기').click();
    await visitor.page.getByText('자리를 맡아 두었습니다. 예약 번호').waitFor();
    await visitor.button('예약 확정').click();
    await visitor.page.getByText('예약을 확정했습니다. 같이 출항합시다!').waitFor();
    await visitor.page.locator('.ticket.confirmed').waitFor();
    assert.equal(await visitor.button('예약 취소').count(), 0);
  });

  test('a reservation cancelled elsewhere is refused in the words of the shop', async () => {
    await using visitor = await come();
    await visitor.openLive(`/p/${plenty}`);
    await visitor.button('날짜 정해 예약하기').click();
    const title = await visitor.page.locator('.ticket-title').textContent();
    const id = /예약 (\d+)/.exec(title ?? '')?.[1];
    await fetch(`${shop().address}/api/reservations/${id}/cancel`, { method: 'POST' });
    await visitor.button('예약 확정').click();
    const note = visitor.page.locator('.note.problem[data-code=already-cancelled]');
    await note.waitFor();
    assert.match((await note.textContent()) ?? '', /이미 취소/);
    await visitor.page.locator('.ticket.cancelled').waitFor();
    assert.equal(await visitor.button('예약 확정').count(), 0);
  });

  test('after a reload own orders and reservations are as they have become elsewhere', async () => {
    await using visitor = await come();
    await visitor.openLive(`/p/${plenty}`);
    await visitor.button('지금 합류하기').click();
    await visitor.page.locator('.ticket.completed').waitFor();
    await visitor.button('날짜 정해 예약하기').click();
    await visitor.page.locator('.ticket.pending').waitFor();
    const [reservation, order] = await visitor.page.locator('.ticket-title').allTextContents();
    const idIn = (title: string | undefined) => /\d+/.exec(title ?? '')?.[0];
    const decide = (path: string) => fetch(`${shop().address}${path}`, { method: 'POST' });
    assert.equal((await decide(`/api/reservations/${idIn(reservation)}/confirm`)).status, 200);
    assert.equal((await decide(`/api/orders/${idIn(order)}/cancel`)).status, 200);

    await visitor.page.reload();

    await visitor.page.locator('.ticket.confirmed').waitFor();
    await visitor.page.locator('.ticket.cancelled').waitFor();
    assert.equal(await visitor.page.locator('.ticket').count(), 2);
  });

  test('an order is cancelled, and its pieces are back', async () => {
    await using visitor = await come();
    const { quantity } = await productOf(shop(), plenty);
    await visitor.openLive(`/p/${plenty}`);
    await visitor.page.getByRole('button', { name: '하나 많이' }).first().click();
    await visitor.button('지금 합류하기').click();
    await visitor.page.locator(`[data-stock="${quantity - 2}"]`).waitFor();
    await visitor.button('주문 취소').click();
    await visitor.page.getByText('주문을 취소했습니다.').waitFor();
    await visitor.page.locator(`[data-stock="${quantity}"]`).waitFor();
  });

  test('a refused order says why beside its button, and takes the focus', async () => {
    await using visitor = await come();
    await visitor.openLive(`/p/${scarce}`);
    await visitor.page.getByRole('spinbutton', { name: '수량' }).first().fill('99');
    await visitor.button('지금 합류하기').click();
    const note = visitor.page.locator('.note.problem[data-code=out-of-stock]');
    await note.waitFor();
    await visitor.page.locator('.note.problem:focus').waitFor();
    assert.match((await note.textContent()) ?? '', /남은 수량이 모자라/);
  });

  test('an order whose answer was lost is tried again and counts once', async () => {
    await using visitor = await come();
    const { quantity } = await productOf(shop(), plenty);
    const keys: (string | undefined)[] = [];
    await visitor.page.route('**/api/orders', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      const answer = await route.fetch();
      await (keys.length === 1 ? route.abort() : route.fulfill({ response: answer }));
    });
    await visitor.openLive(`/p/${plenty}`);
    await visitor.button('지금 합류하기').click();
    await visitor.page.locator('.note.problem[data-code=unreachable]').waitFor();
    await visitor.button('다시 시도').click();
    await visitor.page.getByText('합류했습니다! 주문 번호').waitFor();
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    assert.equal((await productOf(shop(), plenty)).quantity, quantity - 1);
  });

  test('a treasure that sells out while it is looked at cannot be ordered any more', async () => {
    await using visitor = await come();
    await visitor.openLive(`/p/${scarce}`);
    for (;;) {
      const { quantity } = await productOf(shop(), scarce);
      if (quantity === 0) break;
      await placeOrder(shop(), scarce);
    }
    await visitor.page.locator('.picture.sold-out').waitFor();
    assert.ok(await visitor.button('지금 합류하기').isDisabled());
    assert.ok(await visitor.button('날짜 정해 예약하기').isDisabled());
    await visitor.openLive('/');
    await visitor.page.locator(`.card.sold-out[data-code="${scarce}"]`).waitFor();
  });

  test('opening a treasure counts as a view of today', async () => {
    await using visitor = await come();
    await visitor.openLive(`/p/${plenty}`);
    const views = async (): Promise<number> => {
      const shown = await visitor.textOf('[data-fact=views-today] .only-read');
      return Number(shown.replaceAll(',', ''));
    };
    await visitor.page.locator('[data-fact=views-today] .only-read').waitFor();
    const before = await views();
    await using other = await come();
    await other.open(`/p/${plenty}`);
    await eventually(async () => (await views()) > before || undefined);
  });
}

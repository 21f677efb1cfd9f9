import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildPage } from './build-page.ts';
import { openBrowser, skipWithoutChromium } from './chromium.ts';
import { eventually } from './eventually.ts';
import { findingsOf } from './findings.ts';
import { picture } from './picture.ts';
import { RunningShop } from './running-shop.ts';
import { Visitor } from './visitor.ts';

suite('the page of a shop with three stream instances', { skip: skipWithoutChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;

  before(async () => {
    await buildPage();
    [shop, browser] = await Promise.all([RunningShop.open('--instances', '3'), openBrowser()]);
  });

  after(async () => {
    await browser?.close();
    await shop?.[Symbol.asyncDispose]();
  });

  test('kills one by keyboard; the page moves on, and it comes back', async () => {
    const english = { locale: 'en-GB', reducedMotion: 'reduce' } as const;
    await using visitor = await Visitor.come(browser, shop.address, english);
    const { page } = visitor;
    await visitor.openLive('/');
    const all = page.getByText('3 instances', { exact: true });
    await all.waitFor();
    await all.focus();
    await page.keyboard.press('Enter');
    const row = page.locator('[data-instance=crew-2]');
    await row.getByText(/^Running · [1-9]\d* tasks?$/).waitFor();
    await picture(page, 'instances-en');
    assert.deepEqual(await findingsOf(page), []);

    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(
      await page.locator(':focus').getAttribute('aria-label'),
      'Kill this instance: crew-2',
    );
    await page.keyboard.press('Enter');
    await row.getByText('Down', { exact: true }).waitFor({ timeout: 2_000 });
    await page.getByText('2 of 3 instances', { exact: true }).waitFor();
    assert.equal(await row.getByRole('button').isDisabled(), true);
    await picture(page, 'instances-en-down');
    assert.deepEqual(await findingsOf(page), []);
    const before = await visitor.textOf('.ticker');
    await eventually(async () => (await visitor.textOf('.ticker')) !== before || undefined, 5_000);

    await row.getByText(/^Running · [1-9]\d* tasks?$/).waitFor();
    await all.waitFor();
    assert.deepEqual(visitor.troubles, []);
  });

  test('says in Korean who does what, also on a phone', async () => {
    const phone = { viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' } as const;
    await using visitor = await Visitor.come(browser, shop.address, phone);
    const { page } = visitor;
    await visitor.openLive('/');
    await page.getByText('인스턴스 3', { exact: true }).click();
    await page
      .locator('[data-instance=crew-3]')
      .getByText(/^일하는 중 · 작업/)
      .waitFor();
    await visitor.button('인스턴스 끄기: crew-3').waitFor();
    await picture(page, 'instances-ko-phone');
    const box = await page.locator('.instances .panel').boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 360, 'the panel is on the screen');
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
    assert.deepEqual(await findingsOf(page), []);
    assert.deepEqual(visitor.troubles, []);
  });
});

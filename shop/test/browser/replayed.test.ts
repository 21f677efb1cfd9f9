import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildPage } from './build-page.ts';
import { openBrowser, skipWithoutChromium } from './chromium.ts';
import { findingsOf } from './findings.ts';
import { RunningShop } from './running-shop.ts';
import { Visitor } from './visitor.ts';

suite('the page of a replayed world', { skip: skipWithoutChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;

  before(async () => {
    await buildPage();
    [shop, browser] = await Promise.all([RunningShop.openReplayed(), openBrowser()]);
  });

  after(async () => {
    await browser?.close();
    await shop?.[Symbol.asyncDispose]();
  });

  test('shows the day of the last record, and its treasures by code', async () => {
    await using visitor = await Visitor.come(browser, shop.address, { locale: 'en-GB' });
    await visitor.openLive('/');
    await visitor.page.getByText('Replayed').waitFor();
    assert.match(await visitor.textOf('.line-mark time'), /22 Nov 2011 UTC/);
    await visitor.page.locator('main .ranking li').first().waitFor();
    assert.equal(await visitor.button('Start customers').count(), 0);
    assert.deepEqual(await findingsOf(visitor.page), []);
    await visitor.page.locator('[data-ranking=orders] a').first().click();
    const code = new URL(visitor.page.url()).pathname.slice('/p/'.length);
    await visitor.page.getByRole('heading', { name: code }).waitFor();
    await visitor.page.locator('.day-bars').waitFor();
    assert.match(await visitor.textOf('[data-fact=revenue]'), /£[\d,]+\.\d\d$/);
    assert.equal(await visitor.button('Join now').count(), 0);
    assert.deepEqual(await findingsOf(visitor.page), []);
    assert.deepEqual(visitor.troubles, []);
  });

  test('adds its days up in pounds, the last of them over', async () => {
    await using visitor = await Visitor.come(browser, shop.address);
    await visitor.openLive('/days');
    const last = visitor.page.locator('[data-day="2011-11-22"]');
    assert.match((await last.textContent()) ?? '', /£[\d,]+\.\d\d.*지난 날/);
    assert.deepEqual(await findingsOf(visitor.page), []);
  });

  test('says of a code that its records do not have that there is no such treasure', async () => {
    await using visitor = await Visitor.come(browser, shop.address, { locale: 'en-GB' });
    await visitor.open('/p/nothing');
    await visitor.page.getByText('No such treasure (id nothing)').waitFor();
  });
});

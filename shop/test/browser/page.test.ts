import { after, before, suite } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildPage } from './build-page.ts';
import { openBrowser, skipWithoutChromium } from './chromium.ts';
import { deskScenarios } from './desk-scenarios.ts';
import { liveScenarios } from './live-scenarios.ts';
import { lookScenarios } from './look-scenarios.ts';
import { RunningShop } from './running-shop.ts';
import { stateScenarios } from './state-scenarios.ts';
import { Visitor } from './visitor.ts';

// One shop and one browser for all scenarios, in this order: opening either takes seconds.
suite('the page of a running shop', { skip: skipWithoutChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;

  before(async () => {
    await buildPage();
    [shop, browser] = await Promise.all([RunningShop.open(), openBrowser()]);
  });

  after(async () => {
    await browser?.close();
    await shop?.[Symbol.asyncDispose]();
  });

  const stage = {
    shop: () => shop,
    come: (options = {}) => Visitor.come(browser, shop.address, options),
  };
  liveScenarios(stage);
  deskScenarios(stage);
  stateScenarios(stage);
  lookScenarios(stage);
});

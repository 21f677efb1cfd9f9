import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsOf } from './findings.ts';
import { picture } from './picture.ts';
import type { Stage } from './stage.ts';

const views = [
  { name: 'catalogue', path: '/', ready: '.ranking li' },
  { name: 'treasure', path: '/p/3', ready: '.day-bars' },
  { name: 'board', path: '/board', ready: '[data-ranking=views] li' },
  { name: 'days', path: '/days', ready: '.days-table' },
] as const;

const languages = [
  { locale: 'ko-KR', lang: 'ko', title: '보물 상점' },
  { locale: 'en-GB', lang: 'en', title: 'Treasure Shop' },
] as const;

/** How the page looks, in each language and theme. Without simulated customers. */
export function lookScenarios({ come }: Stage): void {
  for (const { locale, lang, title } of languages) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`every view in ${lang}, ${colorScheme}, is accessible to everybody`, async () => {
        await using visitor = await come({ locale, colorScheme, reducedMotion: 'reduce' });
        for (const { name, path, ready } of views) {
          await visitor.openLive(path);
          await visitor.page.locator(ready).first().waitFor();
          assert.equal(await visitor.textOf('.brand'), title);
          assert.equal(await visitor.page.locator('html').getAttribute('lang'), lang);
          await picture(visitor.page, `${name}-${lang}-${colorScheme}`);
          assert.deepEqual(await findingsOf(visitor.page), [], `${name} in ${lang}`);
        }
        assert.deepEqual(visitor.troubles, []);
      });
    }
  }

  test('every view fits on a phone 360 pixels wide', async () => {
    for (const { locale, lang } of languages) {
      await using visitor = await come({ locale, viewport: { width: 360, height: 740 } });
      for (const { name, path, ready } of views) {
        await visitor.openLive(path);
        await visitor.page.locator(ready).first().waitFor();
        await picture(visitor.page, `${name}-${lang}-phone`);
        const width = await visitor.page.evaluate('document.documentElement.scrollWidth');
        assert.equal(width, 360, `${name} in ${lang} does not scroll sideways`);
      }
    }
  });

  test('the chosen language stays in the address and over a reload', async () => {
    await using visitor = await come();
    await visitor.openLive('/');
    await visitor.button('EN').click();
    await visitor.page.getByRole('heading', { name: /^Treasures/ }).waitFor();
    assert.match(visitor.page.url(), /\?lang=en$/);
    await visitor.page.reload();
    await visitor.page.getByRole('heading', { name: /^Treasures/ }).waitFor();
    assert.equal(await visitor.page.locator('html').getAttribute('lang'), 'en');
  });

  test('the chosen theme stays over a reload', async () => {
    await using visitor = await come({ colorScheme: 'light' });
    await visitor.openLive('/');
    await visitor.button('화면 색: 시스템').click();
    await visitor.button('화면 색: 밝게').click();
    await visitor.page.reload();
    await visitor.page.locator('html[data-theme=dark]').waitFor();
    await visitor.button('화면 색: 어둡게').waitFor();
  });

  test('everything can be reached and done by keyboard', async () => {
    await using visitor = await come();
    await visitor.openLive('/');
    await visitor.page.locator('.card').first().waitFor();
    await visitor.page.keyboard.press('Tab');
    await visitor.page.locator('.skip:focus').waitFor();
    await visitor.page.locator('.card[data-code="3"]').focus();
    await visitor.page.keyboard.press('Enter');
    await visitor.button('지금 합류하기').focus();
    await visitor.page.keyboard.press('Space');
    await visitor.page.getByText('합류했습니다! 주문 번호').waitFor();
  });

  test('readers who want less motion get none', async () => {
    await using visitor = await come({ reducedMotion: 'reduce' });
    await visitor.openLive('/');
    await visitor.page.locator('.card').first().waitFor();
    assert.equal(await visitor.page.evaluate('document.getAnimations().length'), 0);
  });
}

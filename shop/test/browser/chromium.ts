import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Browser, chromium } from 'playwright-core';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where the system's Chromium is: as `CHROMIUM` says, else at its usual places. */
export const chromiumPath = [process.env['CHROMIUM'] ?? '', ...usualPlaces].find(
  (path) => path !== '' && existsSync(path),
);

/** For `skip`: the reason when there is no browser to test with. */
export const skipWithoutChromium =
  chromiumPath === undefined ? 'no Chromium here: install it, or name it in CHROMIUM' : false;

/** Starts the system's Chromium without anything that talks to other hosts. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

import { join } from 'node:path';
import process from 'node:process';
import type { Page } from 'playwright-core';

/** Keeps a picture of what is shown, in the folder that `SHOP_SCREENSHOTS` names, if it does. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOP_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

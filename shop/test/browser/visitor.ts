import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';

/** Messages of the browser itself about answers that a test asked for. */
const expected = /Failed to load resource|WebSocket connection|ERR_CONNECTION_REFUSED/;

/** Somebody with a browser window of their own, and what went wrong in it. */
export class Visitor implements AsyncDisposable {
  readonly page: Page;
  /** Errors of the page, and requests to other hosts. */
  readonly troubles: string[] = [];
  readonly #context: BrowserContext;
  readonly #address: string;

  private constructor(context: BrowserContext, page: Page, address: string) {
    this.#context = context;
    this.page = page;
    this.#address = address;
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() !== 'error' || expected.test(message.text())) return;
      this.troubles.push(message.text());
    });
    page.on('request', (request) => {
      const { host } = new URL(request.url());
      if (host !== new URL(address).host) this.troubles.push(`a request to ${host}`);
    });
  }

  static async come(
    browser: Browser,
    address: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ locale: 'ko-KR', ...options });
    return new Visitor(context, await context.newPage(), address);
  }

  async open(path: string): Promise<this> {
    await this.page.goto(`${this.#address}${path}`);
    return this;
  }

  /** Opens a path and waits until what it shows is live. */
  async openLive(path: string): Promise<this> {
    await this.open(path);
    await this.page.locator('.line-mark.open').waitFor();
    return this;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async textOf(selector: string): Promise<string> {
    return (await this.page.locator(selector).first().textContent()) ?? '';
  }

  async leave(): Promise<void> {
    await this.#context.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }
}

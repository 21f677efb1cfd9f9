import type { Witness } from '../stats/counts.ts';

/** Between two signs of life of one page; more are not passed on. */
const minSignMs = 1_000;

/** One open page. */
export interface OpenPage {
  readonly visitorId: string;
  code: string | undefined;
  lastSignMs: number;
}

/**
 * Who has which treasure open, over all of this instance's connections: a visitor with two tabs is
 * one viewer, who leaves with the last of them.
 */
export class PresenceDesk {
  readonly #witness: Witness;
  /** Pages by visitor and code. */
  readonly #pages = new Map<string, number>();

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  here(page: OpenPage, code: string, nowMs: number): void {
    const isNew = page.code !== code;
    if (!isNew && nowMs - page.lastSignMs < minSignMs) return;
    if (isNew) {
      this.away(page);
      page.code = code;
      const key = keyOf(page.visitorId, code);
      this.#pages.set(key, (this.#pages.get(key) ?? 0) + 1);
    }
    page.lastSignMs = nowMs;
    this.#tell(page.visitorId, code, 'here');
  }

  away(page: OpenPage): void {
    const { code, visitorId } = page;
    if (code === undefined) return;
    page.code = undefined;
    const key = keyOf(visitorId, code);
    const left = (this.#pages.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#pages.set(key, left);
      return;
    }
    this.#pages.delete(key);
    this.#tell(visitorId, code, 'away');
  }

  #tell(visitorId: string, code: string, kind: 'here' | 'away'): void {
    this.#witness.presence(code, kind, { visitorId, source: 'api' });
  }
}

function keyOf(visitorId: string, code: string): string {
  return JSON.stringify([visitorId, code]);
}

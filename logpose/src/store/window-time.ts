import type { WindowStoreShape } from './store-definition.ts';
import type { WindowShape } from './window-view.ts';

/**
 * What a windowed store takes for stream time: the latest window start it has seen. It follows the
 * levels, so that a rolled back write leaves no trace and a row is removed by committed time only.
 */
export class WindowTime implements WindowShape {
  readonly endMs: (startMs: number) => number;
  readonly #retentionMs: number;
  #observedMs: number;
  #sealedMs: number;
  #committedMs: number;

  constructor(shape: WindowStoreShape, restoredMs: number | undefined) {
    this.endMs = shape.endMs;
    this.#retentionMs = shape.retentionMs;
    this.#observedMs = restoredMs ?? Number.NEGATIVE_INFINITY;
    this.#sealedMs = this.#observedMs;
    this.#committedMs = this.#observedMs;
  }

  /** False: the window is expired, and the row is not to be kept. */
  accepts(startMs: number): boolean {
    if (startMs > this.#observedMs) this.#observedMs = startMs;
    return startMs > this.expiredUpToMs();
  }

  expiredUpToMs(): number {
    return this.#observedMs - this.#retentionMs;
  }

  /** The same by what is committed. */
  removableUpToMs(): number {
    return this.#committedMs - this.#retentionMs;
  }

  /** What readers outside know: an uncommitted write does not make rows expire for them. */
  get committed(): WindowShape {
    return { endMs: this.endMs, expiredUpToMs: () => this.removableUpToMs() };
  }

  seal(): void {
    this.#sealedMs = this.#observedMs;
  }

  settle(): void {
    this.#committedMs = this.#sealedMs;
  }

  rollback(): void {
    this.#observedMs = this.#committedMs;
    this.#sealedMs = this.#committedMs;
  }
}

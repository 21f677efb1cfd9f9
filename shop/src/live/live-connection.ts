import type { RecordPosition } from 'logpose';
import type { LiveChannel, News } from './channels.ts';

/** The part of a WebSocket that is used. */
export interface LiveSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** What one page follows of one channel. */
export interface Subscription {
  readonly channelName: string;
  readonly key: string;
  readonly channel: LiveChannel;
  readonly news: News;
  /** Number of the last frame; 0 before the snapshot. */
  seq: number;
  lastSentMs: number;
  isDirty: boolean;
  position: RecordPosition | undefined;
}

/** Bytes that wait to be sent: from here on frames are skipped, then the line is given up. */
export const skipBytes = 256 * 1024;
export const maxUnsentBytes = 4 * 1024 * 1024;
/** Channels one page may follow. */
export const maxSubscriptions = 64;
/** Ticks that are kept for a page that is slow. */
const maxPendingTicks = 40;

/** One page's line: what it follows, and what it has been sent. */
export class LiveConnection {
  readonly #socket: LiveSocket;
  readonly #subscriptions = new Map<string, Subscription>();
  lastHeardMs: number;
  skippedFrames = 0;

  constructor(socket: LiveSocket, nowMs: number) {
    this.#socket = socket;
    this.lastHeardMs = nowMs;
  }

  get subscriptions(): Iterable<Subscription> {
    return this.#subscriptions.values();
  }

  get socket(): LiveSocket {
    return this.#socket;
  }

  /** Follows a channel from now on, from the beginning when it did already. */
  follow(channelName: string, key: string, channel: LiveChannel): Subscription | undefined {
    const address = addressOf(channelName, key);
    const isNew = !this.#subscriptions.has(address);
    if (isNew && this.#subscriptions.size >= maxSubscriptions) return undefined;
    const subscription: Subscription = {
      channelName,
      key,
      channel,
      news: { codes: new Set(), ticks: [] },
      seq: 0,
      lastSentMs: 0,
      isDirty: true,
      position: undefined,
    };
    this.#subscriptions.set(address, subscription);
    return subscription;
  }

  unfollow(channelName: string, key: string): Subscription | undefined {
    const address = addressOf(channelName, key);
    const subscription = this.#subscriptions.get(address);
    this.#subscriptions.delete(address);
    return subscription;
  }

  find(channelName: string, key: string): Subscription | undefined {
    return this.#subscriptions.get(addressOf(channelName, key));
  }

  /** Sends what has changed and is due. A slow page gets fewer frames, each with the newest. */
  flush(nowMs: number): void {
    for (const subscription of this.#subscriptions.values()) {
      if (!subscription.isDirty || !isDue(subscription, nowMs)) continue;
      if (!this.#hasRoom()) {
        this.skippedFrames++;
        trim(subscription.news);
        continue;
      }
      this.#sendValue(subscription, nowMs);
    }
  }

  send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  #sendValue(subscription: Subscription, nowMs: number): void {
    const { channelName: ch, key, channel, news, position } = subscription;
    const isFirst = subscription.seq === 0;
    const data =
      isFirst || channel.diff === undefined ? channel.snapshot(key) : channel.diff(key, news);
    subscription.seq++;
    subscription.lastSentMs = nowMs;
    subscription.isDirty = false;
    news.codes.clear();
    news.ticks.length = 0;
    const { seq } = subscription;
    this.send({ op: isFirst ? 'snap' : 'diff', ch, key, seq, pos: textOf(position), data });
  }

  #hasRoom(): boolean {
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount > maxUnsentBytes) this.#socket.close(1013, 'too slow');
    return bufferedAmount <= skipBytes;
  }
}

/** A clock that was set back keeps nobody waiting. */
function isDue({ lastSentMs, channel }: Subscription, nowMs: number): boolean {
  return nowMs < lastSentMs || nowMs - lastSentMs >= channel.minIntervalMs;
}

function addressOf(channelName: string, key: string): string {
  return `${channelName}\n${key}`;
}

function trim({ ticks }: News): void {
  ticks.splice(0, ticks.length - maxPendingTicks);
}

function textOf(position: RecordPosition | undefined): string | null {
  return position === undefined
    ? null
    : `${position.topic}-${position.partition}@${position.offset}`;
}

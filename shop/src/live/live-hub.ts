import { unreachable } from '../domain/assert.ts';
import type { Surroundings } from '../domain/surroundings.ts';
import { type DriverReport, noDriver } from '../ops/driver.ts';
import type { InstanceReport } from '../ops/instances.ts';
import type { ProductCache } from '../sql/product-cache.ts';
import type { Witness } from '../stats/counts.ts';
import type { ListChange, LiveLists } from '../stats/live-lists.ts';
import { dayTotalKey, type LiveChannel, liveChannels } from './channels.ts';
import { type ClientFrame, readClientFrame } from './client-frames.ts';
import { LiveConnection, type LiveSocket, type Subscription } from './live-connection.ts';
import { type OpenPage, PresenceDesk } from './presence-desk.ts';
import { RecentTicks } from './recent-ticks.ts';

/** What the live data comes from. */
export interface LiveHubParts {
  readonly lists: LiveLists;
  readonly cache: ProductCache;
  readonly witness: Witness;
  readonly instance: string;
  readonly zone: string;
  readonly surroundings: Surroundings;
  readonly driver?: { report(): DriverReport } | undefined;
  readonly instances?: { report(): readonly InstanceReport[] };
}

/** Protocol of `/live`. */
export const protocolVersion = 1;
/** Changes are gathered for this long: the last value of each key goes out. */
export const flushMs = 100;
const pingMs = 15_000;
const deadMs = 40_000;
const driverMs = 1_000;
/** Frames of one page in a second; a page that sends more is not one of ours. */
export const maxFramesPerSecond = 100;

/** A page that has come in; what it sends and its end are told to this. */
export interface LiveVisit {
  receive(text: string): void;
  pong(): void;
  closed(): void;
}

/** Every page that is connected, and who follows what. */
export class LiveHub {
  readonly #parts: LiveHubParts;
  readonly #channels: ReadonlyMap<string, LiveChannel>;
  readonly #ticks: RecentTicks;
  readonly #presence: PresenceDesk;
  readonly #connections = new Set<LiveConnection>();
  #cancels: (() => void)[] = [];
  #isClosed = false;
  #day: string;

  constructor(parts: LiveHubParts) {
    this.#parts = parts;
    const { lists, cache, surroundings, driver, instances } = parts;
    this.#ticks = new RecentTicks(surroundings);
    this.#presence = new PresenceDesk(parts.witness);
    const report = () => driver?.report() ?? noDriver;
    this.#channels = liveChannels({
      lists,
      cache,
      ticks: this.#ticks,
      driver: report,
      instances: () => instances?.report() ?? [],
    });
    this.#day = lists.today;
    lists.onChange((change) => this.#changed(change));
    this.#every(flushMs, () => this.#flush());
    this.#every(pingMs, () => this.#ping());
    this.#every(driverMs, () => this.#eachSecond());
  }

  /** Pages that are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** A page has connected. */
  open(socket: LiveSocket, visitorId: string): LiveVisit {
    const { surroundings, instance, zone } = this.#parts;
    const now = this.#parts.lists.nowMs;
    const connection = new LiveConnection(socket, surroundings.nowMs());
    const page: OpenPage = { visitorId, code: undefined, lastSignMs: 0 };
    this.#connections.add(connection);
    connection.send({ op: 'hello', v: protocolVersion, instance, zone, now, visitor: visitorId });
    let second = 0;
    let frames = 0;
    return {
      receive: (text) => {
        const nowMs = surroundings.nowMs();
        connection.lastHeardMs = nowMs;
        frames = nowMs - second < 1_000 ? frames + 1 : 1;
        if (frames === 1) second = nowMs;
        if (frames > maxFramesPerSecond) socket.close(1008, 'too many frames');
        else this.#receive(connection, page, text);
      },
      pong: () => {
        connection.lastHeardMs = surroundings.nowMs();
      },
      closed: () => {
        this.#connections.delete(connection);
        if (!this.#isClosed) this.#presence.away(page);
      },
    };
  }

  /** Says goodbye to everybody, who may come back soon. */
  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#cancels) cancel();
    for (const connection of this.#connections) {
      connection.send({ op: 'bye', reason: 'restart', retryMs: 500 });
      connection.socket.close(1001, 'restart');
    }
  }

  #receive(connection: LiveConnection, page: OpenPage, text: string): void {
    const frame = readClientFrame(text);
    if (frame === undefined) {
      connection.send({ op: 'error', code: 'validation-failed' });
      return;
    }
    switch (frame.op) {
      case 'sub':
        this.#subscribe(connection, frame);
        break;
      case 'unsub':
        connection.unfollow(frame.ch, frame.key ?? '');
        break;
      case 'here':
        this.#here(connection, page, frame.code);
        break;
      case 'away':
        this.#presence.away(page);
        break;
      case 'ping':
        connection.send({ op: 'pong' });
        break;
      default:
        unreachable(frame);
    }
  }

  /** Who says to look at what is not there would make a number for each of its fancies. */
  #here(connection: LiveConnection, page: OpenPage, code: string): void {
    const { cache, surroundings } = this.#parts;
    if (cache.byCode(code) === undefined) {
      connection.send({ op: 'error', code: 'product-not-found' });
    } else {
      this.#presence.here(page, code, surroundings.nowMs());
    }
  }

  #subscribe(connection: LiveConnection, frame: Extract<ClientFrame, { op: 'sub' }>): void {
    const { ch, key = '' } = frame;
    const channel = this.#channels.get(ch);
    const isKnown = channel?.isKey(key) === true;
    const subscription = isKnown ? connection.follow(ch, key, channel) : undefined;
    if (subscription === undefined) {
      const code = isKnown ? 'too-many-channels' : 'channel-not-found';
      connection.send({ op: 'error', code, ch, key });
    } else if (this.#parts.lists.ready) {
      connection.flush(this.#parts.surroundings.nowMs());
    } else {
      this.#tellRestoring(connection, { ch, key });
    }
  }

  #tellRestoring(connection: LiveConnection, feed: { ch: string; key: string }): void {
    const { percent } = this.#parts.lists;
    connection.send({ op: 'state', ...feed, state: 'restoring', percent });
  }

  #changed(change: ListChange): void {
    if (change.list === 'ticker') {
      const told = { ...change.tick, ...this.#parts.lists.namesOf(change.tick.code) };
      this.#ticks.add(told);
      this.#mark('ticker', '', (subscription) => {
        subscription.news.ticks.push(told);
        subscription.position = change.position;
      });
      return;
    }
    if (change.list === 'daily') {
      this.#mark('daily', dayTotalKey(change.key), (subscription) => {
        subscription.position = change.position;
      });
    }
    this.#mark(change.list, change.key, (subscription) => {
      if (change.list === 'daily') subscription.news.codes.add(change.code);
      subscription.position = change.position ?? subscription.position;
    });
  }

  #mark(channel: string, key: string, note: (subscription: Subscription) => void): void {
    for (const connection of this.#connections) {
      const subscription = connection.find(channel, key);
      if (subscription === undefined) continue;
      subscription.isDirty = true;
      note(subscription);
    }
  }

  #flush(): void {
    if (!this.#parts.lists.ready) return;
    const nowMs = this.#parts.surroundings.nowMs();
    for (const connection of this.#connections) connection.flush(nowMs);
  }

  #ping(): void {
    const deadSinceMs = this.#parts.surroundings.nowMs() - deadMs;
    for (const connection of this.#connections) {
      if (connection.lastHeardMs < deadSinceMs) connection.socket.terminate();
      else connection.socket.ping();
    }
  }

  #eachSecond(): void {
    if (!this.#parts.lists.ready) this.#tellProgress();
    this.#mark('driver', '', () => undefined);
    this.#mark('instances', '', () => undefined);
    const { today, rankingsOfToday } = this.#parts.lists;
    if (today === this.#day) return;
    // At midnight the lists of today are empty, though no record says so.
    this.#day = today;
    for (const key of rankingsOfToday) this.#mark('ranking', key, () => undefined);
    for (const connection of this.#connections) {
      for (const subscription of connection.subscriptions) {
        if (subscription.channelName === 'product') subscription.isDirty = true;
      }
    }
  }

  #tellProgress(): void {
    for (const connection of this.#connections) {
      for (const { channelName: ch, key } of connection.subscriptions) {
        this.#tellRestoring(connection, { ch, key });
      }
    }
  }

  #every(intervalMs: number, run: () => void): void {
    const at = this.#cancels.length;
    const schedule = (): void => {
      this.#cancels[at] = this.#parts.surroundings.after(intervalMs, () => {
        schedule();
        run();
      });
    };
    schedule();
  }
}

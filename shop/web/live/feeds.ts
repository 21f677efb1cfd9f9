import type { Signal } from '@preact/signals';
import type { Channel, Readiness } from './feed.ts';
import type { FeedState, Frame, LineListener, Values } from './frames.ts';

type Send = (frame: Readonly<Record<string, string>>) => void;

/** The feeds that something on the page shows, each asked for once. */
export class Feeds implements LineListener {
  readonly #followed = new Map<string, Followed>();
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Starts to follow a channel, or shares what is followed already; the result ends it. */
  follow<T>(channel: Channel<T>, key: string): () => void {
    const address = `${channel.name}:${key}`;
    const followed = this.#followed.get(address) ?? this.#start(channel, key);
    followed.users += 1;
    return () => this.#release(address, followed);
  }

  opened(): void {
    for (const followed of this.#followed.values()) this.#ask(followed);
  }

  received(frame: Frame): void {
    if (frame.op === 'snap' || frame.op === 'diff') this.#take(frame);
    else if (frame.op === 'state') this.#mark(frame);
  }

  #start<T>(channel: Channel<T>, key: string): Followed {
    const feed = channel.feedOf(key);
    const followed: Followed = {
      channel: channel.name,
      key,
      users: 0,
      sequence: undefined,
      readiness: feed.readiness,
      snap: (data) => {
        feed.value.value = channel.merge(undefined, data);
      },
      diff: (data) => {
        feed.value.value = channel.merge(feed.value.value, data);
      },
    };
    this.#followed.set(`${channel.name}:${key}`, followed);
    this.#ask(followed);
    return followed;
  }

  #release(address: string, followed: Followed): void {
    followed.users -= 1;
    if (followed.users > 0) return;
    this.#followed.delete(address);
    this.#send({ op: 'unsub', ch: followed.channel, key: followed.key });
  }

  #ask(followed: Followed): void {
    followed.sequence = undefined;
    this.#send({ op: 'sub', ch: followed.channel, key: followed.key });
  }

  #take({ op, channel, key, sequence, data }: Values): void {
    const followed = this.#followed.get(`${channel}:${key}`);
    if (followed === undefined) return;
    // Until the snapshot is there, a change has nothing to change.
    if (op === 'diff' && followed.sequence === undefined) return;
    if (op === 'diff' && sequence !== (followed.sequence ?? 0) + 1) {
      this.#ask(followed);
      return;
    }
    followed[op](data);
    followed.sequence = sequence;
    followed.readiness.value = { kind: 'ready' };
  }

  #mark({ channel, key, state, percent }: FeedState): void {
    const followed = this.#followed.get(`${channel}:${key}`);
    if (followed === undefined) return;
    followed.readiness.value =
      state === 'ready' ? { kind: 'ready' } : { kind: 'restoring', percent };
  }
}

interface Followed {
  readonly channel: string;
  readonly key: string;
  users: number;
  /** The number of the last frame; undefined while a snapshot is awaited. */
  sequence: number | undefined;
  readonly readiness: Signal<Readiness>;
  readonly snap: (data: unknown) => void;
  readonly diff: (data: unknown) => void;
}

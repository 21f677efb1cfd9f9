import { pause, type Timers } from '../base/clock.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { type RecordPosition, showPosition } from '../errors/record-position.ts';
import type { ReadOptions, Unavailable } from './answer.ts';
import { GroupMap } from './group-map.ts';
import type { StoreHost } from './store-host.ts';
import type {
  NotReadable,
  PeerAnswer,
  PeerGet,
  PeerRange,
  PeerScan,
  StorePeer,
  StorePlace,
} from './store-peer.ts';

/** Why a read has no answer. */
export type NoAnswer = Unavailable | { readonly state: 'moved'; readonly to: string };

/** What one read by key is told. */
export type Question = Pick<PeerGet, 'key' | 'windowStartMs' | 'partition'>;

const defaultTimeoutMs = 1000;
/** How often a read looks for the owner while there is none. */
const lookAgainMs = 5;

/**
 * One store over all its partitions and over the instances that have them.
 *
 * A read goes to the owner of a partition. While a task is between owners it waits for the next
 * one, at most `timeoutMs`, and only then is told that there is none.
 */
export class RoutedStore {
  readonly name: string;
  readonly #host: StoreHost;

  constructor(name: string, host: StoreHost) {
    this.name = name;
    this.#host = host;
  }

  get timers(): Timers {
    return this.#host.surroundings;
  }

  /** 0: not known yet. */
  get partitions(): number {
    return this.#host.tasksOf(this.name).length;
  }

  /** Why nothing can be read now, whatever it is; undefined: it can. */
  unavailable(): NoAnswer | undefined {
    return this.#host.unavailable();
  }

  /** @throws {ConfigError} When `after` is not a position of the store's own input. */
  async get(
    question: Question,
    options: ReadOptions,
  ): Promise<Exclude<PeerAnswer, NotReadable> | NoAnswer> {
    const deadline = this.#deadline(options);
    const notReached = await this.#reach(options, deadline);
    if (notReached !== undefined) return notReached;
    const standby = standbyIn(options);
    const asked = { ...question, store: this.name, standby };
    return this.#ask(asked, { deadline, standby, ask: (peer) => peer.get(asked) });
  }

  /**
   * Begins to scan partitions, all of them at about the same time; the first that can't be read is
   * the outcome, and then none is left open.
   *
   * @throws {ConfigError} When `after` is not a position of the store's own input.
   */
  async scan(
    { range, partitions }: { readonly range: PeerRange; readonly partitions: readonly number[] },
    options: ReadOptions,
  ): Promise<readonly PeerScan[] | NoAnswer> {
    const deadline = this.#deadline(options);
    const notReached = await this.#reach(options, deadline);
    if (notReached !== undefined) return notReached;
    const standby = standbyIn(options);
    const opened = await Promise.allSettled(
      partitions.map((partition) => {
        const place = { store: this.name, partition };
        const question = { ...place, range, standby };
        return this.#ask(place, { deadline, standby, ask: (peer) => peer.scan(question) });
      }),
    );
    const scans = opened.flatMap((each) =>
      each.status === 'fulfilled' && each.value.state === 'open' ? each.value : [],
    );
    if (scans.length === partitions.length) return scans;
    for (const scan of scans) scan.close();
    return firstFailure(opened);
  }

  /** Why a partition that was read cannot be read on. */
  ended(why: NotReadable): NoAnswer | { readonly state: 'moved'; readonly to: undefined } {
    if (why.state === 'restoring') return why;
    return this.#host.unavailable() ?? { state: 'moved', to: undefined };
  }

  /** Waits until the store has seen what `after` says. */
  async #reach(options: ReadOptions, deadline: Deadline): Promise<NoAnswer | undefined> {
    const why = this.#host.unavailable();
    if (why !== undefined) return why;
    const { after = [] } = options;
    const positions = isList(after) ? after : [after];
    for (const position of positions) this.#checkInput(position);
    const outcomes = await Promise.all(
      positions.map((position) => this.#waitFor(position, deadline)),
    );
    return outcomes.find((outcome) => outcome !== undefined);
  }

  async #waitFor(position: RecordPosition, deadline: Deadline): Promise<NoAnswer | undefined> {
    const { partition } = position;
    const place = { store: this.name, partition };
    const answer = await this.#ask(place, {
      deadline,
      standby: 'refused',
      ask: async (peer): Promise<Reached | NotReadable | NoAnswer> => {
        const wait = { position, timeoutMs: deadline.leftMs() };
        const outcome = await peer.waitFor(place, wait);
        if (outcome === 'timeout') return timeout;
        return { state: outcome };
      },
    });
    return answer.state === 'reached' ? undefined : answer;
  }

  /** Asks the owner, and the next one when it is not the owner any more. */
  async #ask<A extends { readonly state: string }>(
    place: StorePlace,
    { deadline, standby, ask }: Asking<A>,
  ): Promise<Exclude<A, NotReadable> | NoAnswer> {
    for (;;) {
      const why = this.#host.unavailable();
      if (why !== undefined) return why;
      const answer = await this.#askOnce(place, standby, ask);
      if (answer !== undefined) return answer;
      const to = new GroupMap(this.#host).addressElsewhere(place);
      if (to !== undefined) return { state: 'moved', to };
      if (deadline.leftMs() <= 0) return this.#host.unavailable() ?? timeout;
      await pause(this.timers, Math.max(1, Math.min(lookAgainMs, deadline.leftMs())));
    }
  }

  /** Undefined: nobody here has it. */
  async #askOnce<A extends { readonly state: string }>(
    place: StorePlace,
    standby: 'allowed' | 'refused',
    ask: Asking<A>['ask'],
  ): Promise<Exclude<A, NotReadable> | NoAnswer | undefined> {
    let restoring: NoAnswer | undefined;
    for (const peer of askedFirst(this.#host.peers(), place, standby)) {
      const answer = await ask(peer);
      if (isRestoring(answer)) restoring ??= answer;
      else if (isAnswer(answer)) return answer;
    }
    return restoring;
  }

  #deadline({ timeoutMs = defaultTimeoutMs }: ReadOptions): Deadline {
    const { surroundings } = this.#host;
    const endMs = surroundings.nowMs() + timeoutMs;
    return { leftMs: () => Math.max(0, endMs - surroundings.nowMs()) };
  }

  #checkInput(position: RecordPosition): void {
    const tasks = this.#host.tasksOf(this.name);
    const inputs = tasks.flatMap((task) => task.inputs);
    const { topic, partition } = position;
    if (inputs.some((input) => input.topic === topic && input.partition === partition)) return;
    const isChangelog = tasks.some(({ stores }) =>
      stores.some(({ changelog }) => changelog?.topic === topic),
    );
    const topics = [...new Set(inputs.map((input) => input.topic))].join(', ');
    throw new ConfigError([
      `store ${this.name} cannot wait for ${showPosition(position)}: \`after\` is a position of ` +
        `what the store's own part of the topology reads, ${topics}${
          isChangelog ? '; positions of a subscription are places in the changelog' : ''
        }`,
    ]);
  }
}

interface Deadline {
  leftMs(): number;
}

interface Asking<A> {
  readonly deadline: Deadline;
  readonly standby: 'allowed' | 'refused';
  readonly ask: (peer: StorePeer) => Promise<A>;
}

interface Reached {
  readonly state: 'reached';
}

const timeout = { state: 'unavailable', reason: 'timeout' } as const;

/** The owner, the latest if several say so, then standbys, those that know most first. */
function askedFirst(
  peers: readonly StorePeer[],
  place: StorePlace,
  standby: 'allowed' | 'refused',
): readonly StorePeer[] {
  const roles = peers.flatMap((peer) => {
    const role = peer.role(place);
    return role === undefined ? [] : [{ peer, ...role }];
  });
  const active = roles
    .filter(({ role }) => role === 'active')
    .toSorted((left, right) => right.generation - left.generation)
    .slice(0, 1);
  const standbys = roles
    .filter(({ role }) => role === 'standby' && standby === 'allowed')
    .toSorted((left, right) => left.lag - right.lag);
  return [...active, ...standbys].map(({ peer }) => peer);
}

/** What was processed up to a position is known by the owner alone. */
function standbyIn({ standby = 'refused', after }: ReadOptions): 'allowed' | 'refused' {
  return after === undefined ? standby : 'refused';
}

function isRestoring(
  answer: { readonly state: string } | NotReadable,
): answer is Extract<NotReadable, { state: 'restoring' }> {
  return answer.state === 'restoring';
}

function isAnswer<A extends { readonly state: string }>(
  answer: A,
): answer is Exclude<A, NotReadable> {
  return answer.state !== 'restoring' && answer.state !== 'elsewhere';
}

function firstFailure(opened: readonly PromiseSettledResult<PeerScan | NoAnswer>[]): NoAnswer {
  for (const each of opened) {
    if (each.status === 'rejected') throw each.reason;
    if (each.value.state !== 'open') return each.value;
  }
  // Nothing was asked for.
  return timeout;
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

import { emptyBytes } from '../../base/bytes.ts';
import type { Surroundings } from '../../base/clock.ts';
import type { StreamsError } from '../../errors/streams-error.ts';
import type { GroupMemberOptions, JoinedGroup } from '../../log/group-port.ts';
import { Deadline } from './deadline.ts';

const defaultSessionTimeoutMs = 45_000;
const defaultRebalanceTimeoutMs = 300_000;

/** What a group knows of one member. */
export class Seat {
  readonly memberId: string;
  readonly instanceId: string | undefined;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  metadata: Uint8Array = emptyBytes;
  /** Its share of the generation, once the leader has given them out. */
  share: Uint8Array = emptyBytes;
  /** The generation it has joined last, and the one whose share it took last. */
  joined = -1;
  synced = -1;
  /** It has let go without leaving, and its place is kept. */
  isAbsent = false;
  /** Why it is no member any more. */
  gone: StreamsError | undefined;
  #joining: PromiseWithResolvers<JoinedGroup> | undefined;
  #syncing: PromiseWithResolvers<Uint8Array | 'rejoin'> | undefined;
  readonly #session: Deadline;
  readonly #onRebalance: (() => void) | undefined;

  constructor(memberId: string, options: GroupMemberOptions, around: SeatSurroundings) {
    this.memberId = memberId;
    this.instanceId = options.instanceId;
    this.sessionTimeoutMs = options.sessionTimeoutMs ?? defaultSessionTimeoutMs;
    this.rebalanceTimeoutMs = options.rebalanceTimeoutMs ?? defaultRebalanceTimeoutMs;
    this.#onRebalance = options.onRebalance;
    this.#session = new Deadline(around.surroundings, () => around.expired(this));
  }

  get isJoining(): boolean {
    return this.#joining !== undefined;
  }

  get isSyncing(): boolean {
    return this.#syncing !== undefined;
  }

  /** It was heard of. While it waits for an answer it has nothing to say. */
  renewSession(): void {
    if (!this.isJoining && !this.isSyncing) this.#session.renew(this.sessionTimeoutMs);
  }

  waitForOthers(): Promise<JoinedGroup> {
    this.#joining = Promise.withResolvers();
    this.#session.stop();
    return this.#joining.promise;
  }

  waitForShare(): Promise<Uint8Array | 'rejoin'> {
    this.#syncing = Promise.withResolvers();
    this.#session.stop();
    return this.#syncing.promise;
  }

  answerJoin(generation: JoinedGroup): void {
    const joining = this.#joining;
    this.#joining = undefined;
    this.renewSession();
    joining?.resolve(generation);
  }

  answerSync(share: Uint8Array | 'rejoin'): void {
    const syncing = this.#syncing;
    this.#syncing = undefined;
    this.renewSession();
    syncing?.resolve(share);
  }

  /** Tells it that it is to join again, if it does not know. */
  callBack(): void {
    if (this.isAbsent || this.isJoining) return;
    if (this.isSyncing) this.answerSync('rejoin');
    // What it does about it must not run in the middle of what another member has called.
    else queueMicrotask(() => this.#tell());
  }

  #tell(): void {
    const isOn = this.gone === undefined && !this.isAbsent && !this.isJoining;
    if (isOn) this.#onRebalance?.();
  }

  /** It has let go: nobody waits for it, and its session is the last. */
  leaveEmpty(why: StreamsError): void {
    this.isAbsent = true;
    this.#rejectWaits(why);
    this.renewSession();
  }

  end(why: StreamsError): void {
    this.gone = why;
    this.#session.stop();
    this.#rejectWaits(why);
  }

  #rejectWaits(why: StreamsError): void {
    this.#joining?.reject(why);
    this.#syncing?.reject(why);
    this.#joining = undefined;
    this.#syncing = undefined;
  }
}

interface SeatSurroundings {
  readonly surroundings: Surroundings;
  expired(seat: Seat): void;
}

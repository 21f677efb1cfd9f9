import type { RecordPosition } from '../../errors/record-position.ts';
import type { BatchBuilder } from '../../log/batch-builder.ts';
import type { GroupOffsets } from '../../log/log-port.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { Change } from '../state/change.ts';
import type { LogState } from '../state/log-state.ts';
import { CommitPlan } from './commit-plan.ts';

/** What the log may be asked to write. */
export type LogRequest = RecordsRequest | ChangeRequest;

interface Answer<T> {
  resolve(value: T): void;
  /** Nothing of it is in the log. */
  reject(cause: unknown): void;
  /** It may be in the log or not. */
  doubt(cause: unknown): void;
}

/** Records and offsets that become visible together. */
export interface RecordsRequest extends Answer<Committed> {
  readonly kind: 'records';
  readonly batches: readonly PlacedBatch[];
  readonly offsets: GroupOffsets | undefined;
  /** Throws what the request is rejected with. */
  check(): void;
}

export interface PlacedBatch {
  readonly place: TopicPartition;
  readonly batch: BatchBuilder;
}

export interface Committed {
  /** The first offset of each batch. */
  readonly baseOffsets: readonly number[];
  /** Per partition, the offset behind the last record. */
  readonly endOffsets: readonly RecordPosition[];
  readonly durable: Promise<void>;
}

/** Changes that depend on what the log knows; committed alone. */
export interface ChangeRequest extends Answer<void> {
  readonly kind: 'changes';
  decide(state: LogState): readonly Change[];
}

interface Planned {
  readonly request: RecordsRequest;
  readonly baseOffsets: readonly number[];
  readonly endOffsets: readonly RecordPosition[];
}

/** Requests that are committed together: all of them, or none. */
export class CommitGroup {
  readonly plan: CommitPlan;
  readonly #state: LogState;
  readonly #planned: Planned[] = [];
  readonly #changes: Change[] = [];
  #alone: ChangeRequest | undefined;

  constructor(state: LogState, segmentBytes: number) {
    this.#state = state;
    this.plan = new CommitPlan({ leaderEpoch: state.leaderEpoch, segmentBytes });
  }

  /** Nothing is to be written. */
  get isEmpty(): boolean {
    return this.plan.writes.length === 0 && this.#changes.length === 0;
  }

  takes(request: LogRequest): boolean {
    if (this.#alone !== undefined) return false;
    return request.kind === 'records' || this.#planned.length === 0;
  }

  /** Adds a request, or tells it why it cannot be. */
  add(request: LogRequest): void {
    try {
      if (request.kind === 'records') this.#addRecords(request);
      else this.#addChanges(request);
    } catch (cause) {
      request.reject(cause);
    }
  }

  toChanges(): readonly Change[] {
    return [...this.plan.toChanges(), ...this.#changes];
  }

  resolve(durable: Promise<void>): void {
    this.#alone?.resolve();
    for (const { request, baseOffsets, endOffsets } of this.#planned) {
      request.resolve({ baseOffsets, endOffsets, durable });
    }
  }

  reject(cause: unknown): void {
    this.#alone?.reject(cause);
    for (const { request } of this.#planned) request.reject(cause);
  }

  doubt(cause: unknown): void {
    this.#alone?.doubt(cause);
    for (const { request } of this.#planned) request.doubt(cause);
  }

  #addRecords(request: RecordsRequest): void {
    request.check();
    const { plan } = this;
    // All are found before the first is planned: all of it or nothing.
    const found = request.batches.map(({ place, batch }) => ({
      to: this.#state.partition(place),
      batch,
    }));
    const baseOffsets = found.map(({ to, batch }) => plan.add(to, batch));
    const ends = [...new Set(found.map(({ to }) => to))];
    const endOffsets = ends.map((to) => ({ ...to.place, offset: plan.endOffset(to) }));
    this.#planned.push({ request, baseOffsets, endOffsets });
    const { groupId = '', offsets = [] } = request.offsets ?? {};
    for (const offset of offsets) this.#changes.push({ kind: 'offset', groupId, offset });
  }

  #addChanges(request: ChangeRequest): void {
    this.#changes.push(...request.decide(this.#state));
    this.#alone = request;
  }
}

import type { Transaction } from 'logpose';
import type { ShopEvent } from '../events/event-schemas.ts';
import { sendEvent } from '../events/send-event.ts';
import type { ReplayPosition } from '../streams/rows.ts';
import type { ShopTopics } from '../topics.ts';
import { eventIdsOf } from './event-id.ts';
import type { ReplayedEvent } from './format.ts';
import { instantsIn } from './instants.ts';
import type { SourceFile } from './source-file.ts';

/** Which rows are wanted, and what their times mean. */
export interface RowSelection {
  readonly zone?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** How far a replay is. */
export interface ReplayProgress {
  /** Rows of the file that are dealt with, those of earlier runs included. */
  readonly rows: number;
  readonly occurredAt: number;
  /** Events that this run has put there. */
  readonly added: number;
  /** Events in the log, by kind of row; those of earlier runs included. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** A row that stopped the replay; what came before it is in the log. */
export class ReplayRowError extends Error {
  override readonly name = 'ReplayRowError';

  constructor(file: string, row: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${file}, row ${row}: ${why}`, { cause });
  }
}

/** The rows of a file on their way into one transaction after the other. */
export class ReplayBatch {
  readonly #file: SourceFile;
  readonly #topics: ShopTopics;
  readonly #selection: RowSelection;
  readonly #idOf: (row: number) => string;
  readonly #instant: (text: string) => number;
  readonly #kinds = new Map<string, number>();
  #events: ShopEvent[] = [];
  #nextRow = 0;
  /** Behind the last row that was added: a row may have been read that is not to be sent yet. */
  #position = 0;
  #lastOccurredAt = 0;
  #added = 0;

  constructor(file: SourceFile, topics: ShopTopics, selection: RowSelection) {
    this.#file = file;
    this.#topics = topics;
    this.#selection = selection;
    this.#idOf = eventIdsOf(file.sha256);
    this.#instant = instantsIn(selection.zone ?? 'UTC');
  }

  /** The first row that has not been read, counted from 0 behind the header. */
  get nextRow(): number {
    return this.#nextRow;
  }

  get size(): number {
    return this.#events.length;
  }

  get progress(): ReplayProgress {
    const kinds = Object.fromEntries(this.#kinds);
    const [rows, occurredAt, added] = [this.#nextRow, this.#lastOccurredAt, this.#added];
    return { rows, occurredAt, added, kinds };
  }

  /**
   * The next row's event; undefined when it is not wanted.
   *
   * @throws {ReplayRowError} When it cannot be an event.
   */
  read(row: readonly string[]): ShopEvent | undefined {
    const { kind, event } = this.#parse(row);
    this.#nextRow++;
    const { fromMs = 0, toMs = Number.POSITIVE_INFINITY } = this.#selection;
    if (event.occurredAt < fromMs || event.occurredAt >= toMs) return undefined;
    this.#lastOccurredAt = event.occurredAt;
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    return event;
  }

  /** Takes the event of the row that was read last. */
  add(event: ShopEvent): void {
    this.#events.push(event);
    this.#position = this.#nextRow;
  }

  /** Puts the events and the position behind them into one transaction. */
  async send(tx: Transaction): Promise<void> {
    for (const event of this.#events) void sendEvent(tx, this.#topics.events, event);
    const position: ReplayPosition = {
      file: this.#file.name,
      sha256: this.#file.sha256,
      nextRow: this.#position,
      lastOccurredAt: this.#lastOccurredAt,
    };
    await tx.send(this.#topics.replayPosition, { key: this.#file.sha256, value: position });
    this.#added += this.#events.length;
    this.#events = [];
  }

  #parse(row: readonly string[]): ReplayedEvent {
    try {
      return this.#file.format.toEvent(row, {
        id: this.#idOf(this.#nextRow),
        instant: this.#instant,
      });
    } catch (cause) {
      throw new ReplayRowError(this.#file.name, this.#nextRow + 1, cause);
    }
  }
}

import { checkedTime } from '../record/event-time.ts';
import { noHeaders, type RecordHeaders } from '../record/headers.ts';
import type { NewRecord, StreamRecord } from '../record/stream-record.ts';
import type { Forward, NodeContext, ProcessorFactory } from '../topology/processor.ts';
import type { AnyStoreDefinition, AnyValue } from '../topology/topology.ts';
import type {
  DeclaredStores,
  OpenStores,
  ProcessorContext,
  ProcessorDefinition,
  ValueProcessorDefinition,
} from './processor-definition.ts';

/** A processor's stores by the names that it uses for them. */
export type StoresByAlias = Readonly<Record<string, AnyStoreDefinition>>;

/** Runs a user's processor. What it leaves out of a record is taken from the record in hand. */
export function process<K, V, K2, V2, S extends DeclaredStores>(
  definition: ProcessorDefinition<K, V, K2, V2, S>,
  stores: StoresByAlias,
): ProcessorFactory<K, V, K2, V2> {
  return (context, forward) => {
    const hand = new Hand<K, V>();
    const complete = (record: NewRecord<K2, V2>): StreamRecord<K2, V2> => ({
      key: record.key,
      value: record.value,
      timestamp: timeOf(record) ?? hand.timestamp(),
      headers: record.headers ?? hand.headers(),
    });
    const send = sender(forward, complete);
    return hand.around(
      definition.init(contextFor<NewRecord<K2, V2>, S>(context, hand, { send, stores })),
    );
  };
}

/** The same for a processor that keeps each record's key. */
export function processValues<K, V, V2, S extends DeclaredStores>(
  definition: ValueProcessorDefinition<K, V, V2, S>,
  stores: StoresByAlias,
): ProcessorFactory<K, V, K, V2> {
  return (context, forward) => {
    const hand = new Hand<K, V>();
    const complete = (record: Omit<NewRecord<K, V2>, 'key'>): StreamRecord<K, V2> => ({
      key: hand.key(),
      value: record.value,
      timestamp: timeOf(record) ?? hand.timestamp(),
      headers: record.headers ?? hand.headers(),
    });
    const send = sender(forward, complete);
    return hand.around(
      definition.init(
        contextFor<Omit<NewRecord<K, V2>, 'key'>, S>(context, hand, { send, stores }),
      ),
    );
  };
}

/** @throws {RangeError} When it is negative, as there are no records before 1970, or no time. */
function timeOf({ timestamp }: { readonly timestamp?: number }): number | undefined {
  if (timestamp === undefined) return undefined;
  if (checkedTime(timestamp) >= 0) return timestamp;
  throw new RangeError(`cannot forward a record with the timestamp ${timestamp}`);
}

interface Parts<Out> {
  readonly send: ProcessorContext<Out, DeclaredStores>['forward'];
  readonly stores: StoresByAlias;
}

function contextFor<Out, S extends DeclaredStores>(
  context: NodeContext,
  hand: Punctuated,
  { send, stores }: Parts<Out>,
): ProcessorContext<Out, S> {
  return {
    stores: openStores(context, stores),
    forward: send,
    punctuate: (schedule, run) => context.punctuate(schedule, (nowMs) => hand.atTime(nowMs, run)),
    requestCommit: () => context.requestCommit(),
    onClose: (run) => context.onClose(run),
    streamTimeMs: () => context.streamTimeMs(),
    wallClockMs: () => context.wallClockMs(),
    position: () => context.position(),
    generation: () => context.generation(),
    taskId: context.taskId,
  };
}

function openStores<S extends DeclaredStores>(
  context: NodeContext,
  stores: StoresByAlias,
): OpenStores<S> {
  const open: AnyValue = {};
  for (const [alias, definition] of Object.entries(stores)) open[alias] = context.store(definition);
  return Object.freeze(open);
}

function sender<Out, K, V>(
  forward: Forward<K, V>,
  complete: (record: Out) => StreamRecord<K, V>,
): ProcessorContext<Out, DeclaredStores>['forward'] {
  const send = (record: Out): void => forward(complete(record));
  return Object.assign(send, {
    to: (child: string, record: Out): void => forward.to(child)(complete(record)),
  });
}

/** Says what time it is while a punctuator runs. */
interface Punctuated {
  atTime(nowMs: number, run: (nowMs: number) => void): void;
}

/** What the processor is busy with: a record, or the time of a punctuation. */
class Hand<K, V> implements Punctuated {
  #record: StreamRecord<K, V> | undefined;
  #nowMs = 0;

  around(handle: (record: StreamRecord<K, V>) => void): (record: StreamRecord<K, V>) => void {
    return (record) => {
      const before = this.#record;
      this.#record = record;
      try {
        handle(record);
      } finally {
        this.#record = before;
      }
    };
  }

  atTime(nowMs: number, run: (nowMs: number) => void): void {
    const before = this.#record;
    this.#record = undefined;
    this.#nowMs = nowMs;
    try {
      run(nowMs);
    } finally {
      this.#record = before;
    }
  }

  key(): K {
    if (this.#record !== undefined) return this.#record.key;
    throw new TypeError(
      'processValues cannot forward from a punctuator, which has no key: use process',
    );
  }

  timestamp(): number {
    return this.#record?.timestamp ?? this.#nowMs;
  }

  headers(): RecordHeaders {
    return this.#record?.headers ?? noHeaders;
  }
}

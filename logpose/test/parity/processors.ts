import {
  type Cancel,
  noHeaders,
  type ProcessorContext,
  type RecordHeaders,
  type StreamRecord,
} from 'logpose';
import type { AnyValue } from '../../src/topology/topology.ts';
import type { Action, ScheduleSpec } from './case.ts';
import { mapper, predicate } from './functions.ts';
import { show } from './values.ts';

type Context = ProcessorContext<AnyValue, Record<string, AnyValue>>;

/** What a processor of a case is made of. */
export interface ActionSpec {
  readonly do: readonly Action[];
  readonly schedule: readonly ScheduleSpec[];
  readonly call: (key: AnyValue, value: AnyValue) => void;
  /** Names of the stores that keep a time beside each value. */
  readonly timestamped: ReadonlySet<string>;
}

/** Runs the actions of a case's processor on each record. */
export function actionsOn(context: Context, spec: ActionSpec): (record: AnyValue) => void {
  const running = new Running(context, spec);
  for (const schedule of spec.schedule) running.schedule(schedule);
  return (record) => running.run(spec.do, record);
}

class Running {
  readonly #context: Context;
  readonly #spec: ActionSpec;
  readonly #schedules: Cancel[] = [];
  #record: StreamRecord<AnyValue, AnyValue> = startRecord(0);

  constructor(context: Context, spec: ActionSpec) {
    this.#context = context;
    this.#spec = spec;
  }

  run(actions: readonly Action[], record: StreamRecord<AnyValue, AnyValue>): void {
    this.#record = record;
    this.#runAll(actions);
  }

  schedule({ type, everyMs, startMs, do: actions }: ScheduleSpec): void {
    const time = type === 'wall' ? 'wall-clock' : 'stream';
    const schedule = {
      everyMs,
      time,
      ...(startMs !== undefined && { anchorMs: startMs }),
    } as const;
    this.#schedules.push(
      this.#context.punctuate(schedule, (nowMs) => this.run(actions, startRecord(nowMs))),
    );
  }

  #runAll(actions: readonly Action[]): void {
    for (const [name, ...args] of actions) {
      const act = this.#actions[name];
      if (act === undefined) throw new TypeError(`a case uses the unknown action ${name}`);
      act(...args);
    }
  }

  #set(changes: Partial<StreamRecord<AnyValue, AnyValue>>): void {
    this.#record = { ...this.#record, ...changes };
  }

  #store(name: string): AnyValue {
    return this.#context.stores[name];
  }

  #read(store: string): AnyValue {
    const row = this.#store(store).get(this.#record.key);
    if (row === undefined) return null;
    return this.#spec.timestamped.has(store) ? row.value : row;
  }

  #put(store: string, value: AnyValue): void {
    const { key, timestamp } = this.#record;
    const open = this.#store(store);
    if (value === null) open.delete(key);
    else open.put(key, this.#spec.timestamped.has(store) ? { value, timestamp } : value);
  }

  #info(what: string): string {
    const context = this.#context;
    switch (what) {
      case 'streamTime':
        return String(context.streamTimeMs() ?? -1);
      case 'wallTime':
        return String(context.wallClockMs());
      case 'ts':
        return String(this.#record.timestamp);
      case 'taskId':
        return context.taskId;
      case 'metadata': {
        const position = context.position();
        // The JVM has a position there too, of no topic.
        if (position === undefined) return 'null/-1/-1';
        return `${position.topic}/${position.partition}/${position.offset}`;
      }
      case 'headers':
        return headersAsText(this.#record.headers);
      default:
        throw new TypeError(`a case asks for ${what}`);
    }
  }

  readonly #actions: Readonly<Record<string, (...args: readonly AnyValue[]) => void>> = {
    forward: (child) => {
      if (child === undefined) this.#context.forward(this.#record);
      else this.#context.forward.to(child, this.#record);
    },
    setKey: (f) => this.#set({ key: mapper(f)(this.#record.key, this.#record.value) }),
    setValue: (f) => this.#set({ value: mapper(f)(this.#record.key, this.#record.value) }),
    setTs: (timestamp) => this.#set({ timestamp }),
    addTs: (ms) => this.#set({ timestamp: this.#record.timestamp + ms }),
    addHeader: (name, text) => this.#set({ headers: this.#record.headers.with(name, text) }),
    removeHeader: (name) => this.#set({ headers: this.#record.headers.without(name) }),
    copyHeaders: () => undefined,
    if: (test, then, otherwise = []) =>
      this.#runAll(predicate(test)(this.#record.key, this.#record.value) ? then : otherwise),
    ifStored: (store, then, otherwise = []) =>
      this.#runAll(this.#read(store) === null ? otherwise : then),
    put: (store) => this.#put(store, this.#record.value),
    putIfAbsent: (store) => {
      const before = this.#read(store);
      if (before === null) this.#put(store, this.#record.value);
      this.#set({ value: before });
    },
    delete: (store) => {
      const before = this.#read(store);
      this.#put(store, null);
      this.#set({ value: before });
    },
    get: (store) => this.#set({ value: this.#read(store) }),
    count: (store) => {
      const value = (this.#read(store) ?? 0) + 1;
      this.#put(store, value);
      this.#set({ value });
    },
    append: (store, between) => {
      const before = this.#read(store);
      const value = (before === null ? '' : show(before) + between) + show(this.#record.value);
      this.#put(store, value);
      this.#set({ value });
    },
    winPut: (store) => {
      const { key, value, timestamp } = this.#record;
      if (value === null) this.#store(store).delete(key, timestamp);
      else this.#store(store).put(key, value, timestamp);
    },
    winCount: (store, ms) => {
      const { key, timestamp } = this.#record;
      const bounds = { fromMs: Math.max(0, timestamp - ms), toMs: timestamp };
      this.#set({ value: [...this.#store(store).fetch(key, bounds)].length });
    },
    setValueTo: (what) => this.#set({ value: this.#info(what) }),
    commit: () => this.#context.requestCommit(),
    fail: (text) => {
      throw new Error(text);
    },
    cancel: (index) => this.#schedules[index]?.(),
    schedule: (spec) => this.schedule(spec),
    log: () => this.#spec.call(this.#record.key, this.#record.value),
    logInfo: (what) => this.#spec.call(null, this.#info(what)),
    emit: (key, value) => this.#emit(key, value),
    forwardAll: (store) => {
      for (const [key, row] of [...this.#store(store).range()]) {
        this.#emit(key, this.#spec.timestamped.has(store) ? row.value : row);
      }
    },
    clear: (store) => {
      for (const [key] of [...this.#store(store).range()]) this.#store(store).delete(key);
    },
  };

  #emit(key: AnyValue, value: AnyValue): void {
    const { timestamp } = this.#record;
    this.#context.forward({ key, value, timestamp, headers: noHeaders });
  }
}

function startRecord(nowMs: number): StreamRecord<AnyValue, AnyValue> {
  return { key: null, value: null, timestamp: Math.max(nowMs, 0), headers: noHeaders };
}

function headersAsText(headers: RecordHeaders): string {
  return [...headers].map(([name, value]) => `${name}=${Buffer.from(value).toString()}`).join(',');
}

import { generated, StreamsBuilder, type Topology, topic, topicPattern } from 'logpose';
import type { AnyValue } from '../../src/topology/topology.ts';
import type { BranchSpec, Case, Operation, Spec, WindowSpec } from './case.ts';
import { combiner, flat, joinedType, mappedType, mapper, predicate } from './functions.ts';
import { actionsOn } from './processors.ts';
import { node, partitioning, reducing, windowsOf } from './program-options.ts';
import { ProgramStores, type StoreInUse, storeName, storeSpec } from './program-stores.ts';
import { ProgramTopics, serdesFor, serdesOf, type Types, typeOf } from './program-topics.ts';
import { must, Unsupported } from './unsupported.ts';

/** A case's program as a topology, with what is needed to run it. */
export interface Program {
  readonly build: () => Topology;
  /** Types of the topics, by name. */
  readonly types: ReadonlyMap<string, Types>;
  readonly stores: ReadonlyMap<string, StoreInUse>;
  readonly branches: Readonly<Record<string, string>>;
  readonly calls: readonly (readonly [node: string, key: AnyValue, value: AnyValue])[];
  /** Types of the topics that a function chooses. */
  readonly dynamic: Types | undefined;
}

interface Chain extends Types {
  readonly on: AnyValue;
  readonly kind: 'stream' | 'table' | 'grouped-stream' | 'grouped-table' | 'windowed';
  readonly windows?: WindowSpec;
  readonly rekeyed?: boolean;
}

/** Makes a case's program of our own operators. */
export function programOf(test: Case): Program {
  const mustName = test.config['ensure.explicit.internal.resource.naming'] === true;
  const writer = new ProgramWriter(mustName ? undefined : generated);
  for (const operation of test.topology) writer.write(operation);
  return writer;
}

class ProgramWriter implements Program {
  readonly branches: Record<string, string> = {};
  readonly calls: (readonly [string, AnyValue, AnyValue])[] = [];
  dynamic: Types | undefined;
  readonly #builder = new StreamsBuilder();
  readonly #chains = new Map<string, Chain>();
  readonly #topics = new ProgramTopics();
  /** What stands for a durable name that a program does not give: `generated`, or nothing. */
  readonly #unnamed: AnyValue;
  readonly #stores: ProgramStores;
  readonly types = this.#topics.types;
  readonly stores: ProgramStores['stores'];

  constructor(unnamed: AnyValue) {
    this.#unnamed = unnamed;
    this.#stores = new ProgramStores(unnamed);
    this.stores = this.#stores.stores;
  }

  build = (): Topology => this.#builder.build();

  write(operation: Operation): void {
    const write = this.#operations[operation.op];
    if (write === undefined) throw new Unsupported(operation.op);
    const chain = write(operation);
    if (chain !== undefined && operation.id !== undefined) this.#chains.set(operation.id, chain);
  }

  readonly #operations: Readonly<Record<string, (operation: Operation) => Chain | undefined>> = {
    stream: (op) => this.#stream(op),
    table: (op) => this.#table(op),
    addStateStore: (op) => void this.#builder.addStore(this.#stores.make(storeSpec(op))),
    filter: (op) => this.#filter(op, 'filter'),
    filterNot: (op) => this.#filter(op, 'filterNot'),
    mapValues: (op) => this.#mapValues(op),
    map: (op) => this.#map(op),
    selectKey: (op) => this.#selectKey(op),
    flatMap: (op) => this.#flatMap(op),
    flatMapValues: (op) => this.#flatMapValues(op),
    peek: (op) => this.#peek(op),
    foreach: (op) => this.#forEach(op),
    split: (op) => void this.#split(op),
    merge: (op) => this.#merge(op),
    repartition: (op) => this.#repartition(op),
    toTable: (op) => this.#toTable(op),
    toStream: (op) => this.#toStream(op),
    groupByKey: (op) => this.#groupByKey(op),
    groupBy: (op) => this.#groupBy(op),
    windowedBy: (op) => this.#windowedBy(op),
    count: (op) => this.#count(op),
    reduce: (op) => this.#reduce(op),
    aggregate: (op) => this.#aggregate(op),
    join: (op) => this.#join(op, 'join'),
    leftJoin: (op) => this.#join(op, 'leftJoin'),
    process: (op) => this.#process(op, 'process'),
    processValues: (op) => this.#process(op, 'processValues'),
    to: (op) => void this.#to(op),
  };

  #stream(op: Operation): Chain {
    const { key = 'string', value = 'string' } = op;
    const options = { ...node(op), ...(op.reset === undefined ? {} : { from: this.#reset(op) }) };
    const from = op.pattern ?? op.topics ?? [must(op.topic)];
    if (typeof from === 'string') {
      const input = topicPattern(new RegExp(from), serdesFor({ key, value }));
      return { kind: 'stream', on: this.#builder.stream(input, options), key, value };
    }
    const topics = from.map((name) => this.#topics.topic(name, { key, value }, op));
    return { kind: 'stream', on: this.#builder.stream(topics, options), key, value };
  }

  #reset({ reset }: Operation): 'earliest' | 'latest' {
    if (reset === 'earliest' || reset === 'latest') return reset;
    throw new Unsupported(`reset ${JSON.stringify(reset)}`);
  }

  #table(op: Operation): Chain {
    const { key = 'string', value = 'string' } = op;
    const input = this.#topics.topic(must(op.topic), { key, value }, op);
    const on = this.#builder.table(input, { ...this.#stores.options(op), ...node(op) });
    return this.#stores.keep({ kind: 'table', on, key, value });
  }

  #filter(op: Operation, verb: 'filter' | 'filterNot'): Chain {
    const from = this.#from(op);
    const test = predicate(must(op.when));
    const on = from.on[verb]((value: AnyValue, key: AnyValue) => test(key, value), node(op));
    return this.#derived(op, { ...from, on });
  }

  #mapValues(op: Operation): Chain {
    const from = this.#from(op);
    const make = mapper(must(op.fn));
    const on = from.on.mapValues((value: AnyValue, key: AnyValue) => make(key, value), node(op));
    return this.#derived(op, { ...from, on, value: mappedType(must(op.fn), from.key, from.value) });
  }

  /** A table's operator may keep its rows. */
  #derived(op: Operation, chain: Chain): Chain {
    if (op.store === undefined) return chain;
    if (storeName(op) === undefined) throw new Unsupported('a store that JVM does not make');
    const { value } = serdesFor(chain);
    const on = chain.on.materialize({ ...this.#stores.options(op), value });
    return this.#stores.keep({ ...chain, on });
  }

  #map(op: Operation): Chain {
    const from = this.#from(op);
    const keyFn = op.keyFn === undefined ? undefined : mapper(op.keyFn);
    const valueFn = op.valueFn === undefined ? undefined : mapper(op.valueFn);
    const make = (value: AnyValue, key: AnyValue): AnyValue =>
      op.returnsNull === true
        ? null
        : [keyFn ? keyFn(key, value) : key, valueFn ? valueFn(key, value) : value];
    return {
      ...from,
      on: from.on.map(make, node(op)),
      key: op.keyFn === undefined ? from.key : mappedType(op.keyFn, from.key, from.value),
      value: op.valueFn === undefined ? from.value : mappedType(op.valueFn, from.key, from.value),
      rekeyed: true,
    };
  }

  #selectKey(op: Operation): Chain {
    return this.#withKey(this.#from(op), must(op.keyFn), node(op));
  }

  #withKey(from: Chain, keyFn: Spec, options: object): Chain {
    const make = mapper(keyFn);
    const on = from.on.selectKey((value: AnyValue, key: AnyValue) => make(key, value), options);
    return { ...from, on, key: mappedType(keyFn, from.key, from.value), rekeyed: true };
  }

  #flatMap(op: Operation): Chain {
    const from = this.#from(op);
    const make = flat(must(op.fn));
    const on = from.on.flatMap((value: AnyValue, key: AnyValue) => make(key, value), node(op));
    const isWords = op.fn === 'words' || op.fn === 'wordsAsKeys';
    const key = op.fn === 'wordsAsKeys' ? 'string' : from.key;
    return { ...from, on, key, value: isWords ? 'string' : from.value, rekeyed: true };
  }

  #flatMapValues(op: Operation): Chain {
    const from = this.#from(op);
    const make = flat(must(op.fn));
    const values = (value: AnyValue, key: AnyValue) => make(key, value).map(([, each]) => each);
    const on = from.on.flatMapValues(values, node(op));
    const isWords = op.fn === 'words' || op.fn === 'wordsAsKeys';
    return { ...from, on, value: isWords ? 'string' : from.value };
  }

  #peek(op: Operation): Chain {
    const from = this.#from(op);
    return { ...from, on: from.on.peek(this.#caller(op, from), node(op)) };
  }

  #forEach(op: Operation): undefined {
    const from = this.#from(op);
    from.on.forEach(this.#caller(op, from), node(op));
  }

  #caller(op: Operation, types: Types): (value: AnyValue, key: AnyValue) => void {
    const keyType = typeOf(types.key);
    const valueType = typeOf(types.value);
    return (value, key) => {
      this.calls.push([must(op.id), keyType.toJson(key), valueType.toJson(value)]);
    };
  }

  #split(op: Operation): void {
    const from = this.#from(op);
    const specs = op.branches ?? [];
    let split = from.on.split(node(op));
    const names: [BranchSpec, string][] = [];
    specs.forEach((spec, index) => {
      const name = spec.as ?? String(index + 1);
      const test = predicate(must(spec.when));
      split = split.branch(name, (value: AnyValue, key: AnyValue) => test(key, value));
      names.push([spec, name]);
    });
    if (op.default !== undefined) names.push([op.default, op.default.as ?? '0']);
    const last = names.at(-1)?.[1];
    const branches = op.default === undefined ? split.noDefaultBranch() : split.defaultBranch(last);
    for (const [spec, name] of names) {
      const branch = this.#branch(spec, { ...from, on: branches[name] });
      if (branch === undefined) continue;
      this.#chains.set(spec.id, branch);
      this.branches[spec.id] = branches[name].place.node.name;
    }
  }

  /** What a branch's own function makes of it; undefined where it ends in a topic. */
  #branch({ function: make, consumerTo }: BranchSpec, branch: Chain): Chain | undefined {
    if (consumerTo !== undefined) {
      branch.on.to(this.#topics.topic(consumerTo, branch, { op: 'to' }));
      return undefined;
    }
    if (make === undefined) return branch;
    const map = mapper(make);
    const on = branch.on.mapValues((value: AnyValue, key: AnyValue) => map(key, value));
    return { ...branch, on, value: mappedType(make, branch.key, branch.value) };
  }

  #merge(op: Operation): Chain {
    const from = this.#from(op);
    const other = this.#chain(must(op.other));
    const rekeyed = from.rekeyed === true || other.rekeyed === true;
    return { ...from, on: from.on.merge(other.on, node(op)), rekeyed };
  }

  #repartition(op: Operation): Chain {
    const from = this.#from(op);
    const { partitions } = op;
    const on = from.on.repartition({
      name: op.as ?? this.#unnamed,
      ...serdesOf(op, from),
      ...partitioning(op),
      ...(partitions === undefined ? {} : { partitions }),
    });
    return { ...from, on, rekeyed: false };
  }

  #toTable(op: Operation): Chain {
    const from = this.#from(op);
    const { as } = op;
    // The JVM names the topic by the node; we ask for a name of its own.
    const split = from.rekeyed === true && storeName(op) !== undefined;
    if (split && as === undefined) throw new Unsupported('a generated topic before a named store');
    const serdes = serdesOf(op, from);
    const stream = split ? from.on.repartition({ name: as, ...serdes }) : from.on;
    const on = stream.toTable({ ...this.#stores.options(op), ...node(op), ...serdes });
    return this.#stores.keep({ ...from, kind: 'table', on, rekeyed: false });
  }

  #toStream(op: Operation): Chain {
    const from = this.#from(op);
    const stream: Chain = {
      ...from,
      kind: 'stream',
      on: from.on.toStream(node(op)),
      rekeyed: false,
    };
    const { keyFn } = op;
    return keyFn === undefined ? stream : this.#withKey(stream, keyFn, {});
  }

  #groupByKey(op: Operation): Chain {
    const from = this.#from(op);
    const on = from.on.groupByKey({
      repartition: op.as ?? this.#unnamed,
      ...serdesOf(op, from),
    });
    return { ...from, kind: 'grouped-stream', on };
  }

  #groupBy(op: Operation): Chain {
    const from = this.#from(op);
    const keyFn = mapper(must(op.keyFn));
    const key = mappedType(must(op.keyFn), from.key, from.value);
    const name = op.as ?? this.#unnamed;
    if (from.kind === 'stream') {
      const select = (value: AnyValue, old: AnyValue): AnyValue => keyFn(old, value);
      const on = from.on.groupBy(select, { name, ...serdesFor({ key, value: from.value }) });
      return { ...from, kind: 'grouped-stream', on, key };
    }
    const valueFn = op.valueFn === undefined ? undefined : mapper(op.valueFn);
    const { valueFn: spec } = op;
    const value = spec === undefined ? from.value : mappedType(spec, from.key, from.value);
    const select = (row: AnyValue, old: AnyValue): AnyValue => [
      keyFn(old, row),
      valueFn ? valueFn(old, row) : row,
    ];
    const on = from.on.groupBy(select, { name, ...serdesFor({ key, value }) });
    return { ...from, kind: 'grouped-table', on, key, value };
  }

  #windowedBy(op: Operation): Chain {
    const from = this.#from(op);
    if (op.emit === 'onWindowClose') throw new Unsupported('results on close');
    const windows = must(op.window);
    return { ...from, kind: 'windowed', on: from.on.windowedBy(windowsOf(windows)), windows };
  }

  #count(op: Operation): Chain {
    const from = this.#from(op);
    const on = from.on.count({ ...this.#stores.options(op), ...node(op) });
    return this.#aggregated(from, on, 'long');
  }

  #reduce(op: Operation): Chain {
    const from = this.#from(op);
    const add = reducing(must(op.fn));
    const { value } = serdesFor(from);
    const options = { ...this.#stores.options(op), ...node(op), value };
    const on =
      from.kind === 'grouped-table'
        ? from.on.reduce({ add, subtract: reducing(must(op.subtract)) }, options)
        : from.on.reduce(add, options);
    return this.#aggregated(from, on, from.value);
  }

  #aggregate(op: Operation): Chain {
    const from = this.#from(op);
    const type = op.type ?? 'string';
    const aggregator = {
      initialize: () => typeOf(type).fromJson(op.init),
      add: reducing(must(op.fn)),
      ...(op.subtract === undefined ? {} : { subtract: reducing(op.subtract) }),
    };
    const { value } = serdesFor({ key: from.key, value: type });
    const options = { ...this.#stores.options(op), ...node(op), value };
    return this.#aggregated(from, from.on.aggregate(aggregator, options), type);
  }

  #aggregated(from: Chain, on: AnyValue, value: string): Chain {
    const { windows } = from;
    const inner: Chain = { kind: 'table', on, key: from.key, value };
    this.#stores.keep(inner);
    if (windows === undefined) return inner;
    const sizeMs = windows.type === 'unlimited' ? '9223372036854775807' : windows.sizeMs;
    return { ...inner, key: `windowed<${from.key},${sizeMs}>` };
  }

  #join(op: Operation, verb: 'join' | 'leftJoin'): Chain {
    const from = this.#from(op);
    const other = this.#chain(must(op.other));
    if (op.graceMs !== undefined) throw new Unsupported('a join with a grace');
    if (from.kind !== 'stream' || other.kind !== 'table') throw new Unsupported('this join');
    const combine = combiner(must(op.fn));
    const joiner = (left: AnyValue, right: AnyValue, key: AnyValue): AnyValue =>
      combine(key, left, right ?? null);
    const on = from.on[verb](other.on, joiner, {
      repartition: op.as ?? this.#unnamed,
      ...node(op),
      ...serdesOf(op, from),
    });
    return { ...from, on, value: joinedType(must(op.fn), from.value, other.value), rekeyed: false };
  }

  #process(op: Operation, verb: 'process' | 'processValues'): Chain {
    const from = this.#from(op);
    const key = verb === 'process' ? (op.key ?? from.key) : from.key;
    const { value = from.value } = op;
    const own = (op.ownStores ?? []).map((spec) => [must(spec.name), this.#stores.make(spec)]);
    const connected = (op.stores ?? []).map((name) => [name, this.#stores.store(name)]);
    const call = this.#caller(op, { key: 'string', value: 'string' });
    const spec = {
      do: op.do ?? [],
      schedule: op.schedule ?? [],
      call: (callKey: AnyValue, callValue: AnyValue) => call(callValue, callKey),
      timestamped: this.#stores.timestamped,
    };
    const on = from.on[verb]({
      ...node(op),
      stores: Object.fromEntries([...connected, ...own]),
      output: serdesFor({ key, value }),
      init: (context: AnyValue) => actionsOn(context, spec),
    });
    return {
      ...from,
      on,
      key,
      value,
      rekeyed: verb === 'process' ? true : (from.rekeyed ?? false),
    };
  }

  #to(op: Operation): void {
    const from = this.#from(op);
    const types = { key: from.key, value: from.value };
    const serdes = serdesFor(types);
    if (op.topicFn === undefined) {
      const output = this.#topics.topic(must(op.topic), types, op);
      from.on.to({ ...output, ...serdes }, { ...node(op), ...partitioning(op) });
      return;
    }
    this.dynamic = types;
    const choose = mapper(op.topicFn);
    const topicFn = (value: AnyValue, key: AnyValue): AnyValue =>
      topic(String(choose(key, value)), serdes);
    from.on.to(topicFn, { ...node(op), ...partitioning(op) });
  }

  #from(op: Operation): Chain {
    return this.#chain(must(op.from));
  }

  #chain(id: string): Chain {
    return must(this.#chains.get(id));
  }
}

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  describe,
  generated,
  int64,
  keyValueStore,
  StreamsBuilder,
  TopologyError,
  topic,
  tumbling,
  utf8,
} from 'logpose';
import { numbers, out, words } from './driving.ts';

/** The problems of a topology that cannot be built. */
function problems(build: (builder: StreamsBuilder) => void): readonly string[] {
  const builder = new StreamsBuilder();
  build(builder);
  try {
    builder.build();
  } catch (error) {
    if (error instanceof TopologyError) return error.problems;
    throw error;
  }
  return [];
}

suite('build', () => {
  test('reports every problem at once', () => {
    const found = problems((builder) => {
      builder.stream(words, { node: 'not allowed' }).to(out);
      builder
        .stream(topic('more', { key: utf8, value: utf8 }))
        .mapValues((value) => value.length)
        .groupByKey()
        .reduce((sum, length) => sum + length, { name: 'lengths' });
      builder
        .stream(topic('most', { key: utf8, value: utf8 }))
        .groupByKey()
        .count({ name: 'a b' });
    });
    assert.deepEqual(found, [
      'the value serde of store lengths is missing: a callback made it, so give its serde as an ' +
        'option',
      'a node\'s name may have letters, digits, ".", "_" and "-" only, unlike "not allowed"',
      'a store\'s name may have letters, digits, ".", "_" and "-" only, unlike "a b"',
    ]);
  });

  test('a name stands for one node, one store, one repartition topic', () => {
    const found = problems((builder) => {
      const stream = builder.stream(words);
      stream.filter(() => true, { node: 'twice' }).to(out, { node: 'twice' });
      stream.groupByKey().count({ name: 'counts' });
      stream.groupByKey().count({ name: 'counts' });
      stream.repartition({ name: 'again' }).to(out);
      stream.repartition({ name: 'again' }).to(out);
    });
    assert.deepEqual(
      found.filter((problem) => /^two/.test(problem)),
      [
        'two nodes are called twice: give one of them another name',
        'two stores are called counts: give one of them another name',
        'two nodes are called again-repartition-filter: give one of them another name',
        'two repartition topics are called again-repartition: give one another name',
        'two nodes are called again-repartition-sink: give one of them another name',
        'two nodes are called again-repartition-source: give one of them another name',
      ],
    );
  });

  test('a topic is read by one source', () => {
    const found = problems((builder) => {
      builder.stream(words).to(out);
      builder.table(words, { name: 'rows' });
    });
    assert.match(found.join(), /topic words is read by KSTREAM-SOURCE-0000000000 and KSTREAM-/);
  });

  test('a topic is read in one way', () => {
    const found = problems((builder) => {
      builder.stream(words).to(out);
      builder.stream(topic('words', { key: utf8, value: int64 })).to(numbers);
    });
    assert.match(found.join(), /topic words is read twice in different ways/);
  });

  test('a durable name that would have to be generated is asked for', () => {
    const found = problems((builder) => {
      builder
        .stream(words)
        .selectKey((value) => value)
        .groupByKey({ key: utf8 })
        .count({ name: generated });
    });
    assert.match(found.join(), /needs a repartition topic.* name it by the option repartition/);
  });

  test('a join behind a new key says what to write, once', () => {
    const found = problems((builder) => {
      const rows = builder.table(topic('rows', { key: utf8, value: utf8 }), { name: 'rows' });
      const rekeyed = builder.stream(words).selectKey((value) => value);
      rekeyed.join(rows, (word) => word).to(out);
    });
    assert.deepEqual(found, [
      'join behind KSTREAM-KEY-SELECT-0000000003 needs a repartition topic with a name and ' +
        'serdes, because the key was changed: write ' +
        "join(table, joiner, { repartition: 'by-id', key: utf8 }), with your serdes",
    ]);
  });

  test('one missing serde is one problem', () => {
    const found = problems((builder) => {
      const lengths = builder.stream(words).map((value): [string, number] => [value, 1]);
      lengths.groupByKey().reduce((sum, length) => sum + length, { name: 'lengths' });
    });
    assert.deepEqual(
      found.map((problem) => problem.split(':')[0]),
      ['the key serde of store lengths is missing', 'the value serde of store lengths is missing'],
    );
  });

  test('a repartition topic is named after a store that has a name', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .selectKey((value) => value)
      .groupByKey({ key: utf8 })
      .count({ name: 'counts' });
    assert.deepEqual(builder.build().repartitionTopics, [
      { name: 'counts-repartition', partitions: undefined },
    ]);
  });

  test('a store that no processor declares is refused: nobody fills it', () => {
    const found = problems((builder) => {
      builder.stream(words).to(out);
      builder.addStore(keyValueStore({ name: 'idle', key: utf8, value: utf8 }));
    });
    assert.match(found.join(), /no processor uses the store idle/);
  });

  test('joined topics need equally many partitions', () => {
    const found = problems((builder) => {
      const table = builder
        .stream(topic('more', { key: utf8, value: utf8 }))
        .repartition({ name: 'three', partitions: 3 })
        .toTable({ name: 'rows' });
      builder
        .stream(words)
        .repartition({ name: 'two', partitions: 2 })
        .join(table, (value) => value)
        .to(out);
    });
    assert.match(found.join(), /two-repartition has 2, three-repartition has 3/);
  });

  test('an empty topology and optimize: all are refused', () => {
    assert.throws(() => new StreamsBuilder().build(), TopologyError);
    assert.throws(() => new StreamsBuilder().build({ optimize: 'all' }), TopologyError);
  });

  test('a builder may build again after more was added', () => {
    const builder = new StreamsBuilder();
    const stream = builder.stream(words);
    stream.to(out);
    const before = builder.build();
    stream.to(topic('more', { key: utf8, value: utf8 }));
    assert.equal(before.nodes.length, 2);
    assert.equal(builder.build().nodes.length, 3);
  });

  test('parts that share neither nodes nor stores are subtopologies of their own', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .groupBy((value) => value, { name: 'by-word', key: utf8 })
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
      .count({ name: 'counts' });
    assert.deepEqual(
      builder
        .build()
        .subtopologies.map(({ id, nodes, stores }) => [
          id,
          nodes.map(({ name }) => name),
          stores.map(({ definition }) => definition.name),
        ]),
      [
        [
          0,
          [
            'KSTREAM-SOURCE-0000000000',
            'by-word',
            'by-word-repartition-filter',
            'by-word-repartition-sink',
          ],
          [],
        ],
        [1, ['by-word-repartition-source', 'KSTREAM-AGGREGATE-0000000002'], ['counts']],
      ],
    );
  });

  test('describe gives the text of Kafka Streams for the same topology', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .filter(() => true, { node: 'all' })
      .to(out);
    assert.equal(
      describe(builder.build()),
      [
        'Topologies:',
        '   Sub-topology: 0',
        '    Source: KSTREAM-SOURCE-0000000000 (topics: [words])',
        '      --> all',
        '    Processor: all (stores: [])',
        '      --> KSTREAM-SINK-0000000002',
        '      <-- KSTREAM-SOURCE-0000000000',
        '    Sink: KSTREAM-SINK-0000000002 (topic: out)',
        '      <-- all',
        '',
        '',
      ].join('\n'),
    );
  });
});

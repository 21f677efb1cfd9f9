import { int64, type KStream, type KTable, StreamsBuilder, utf8 } from 'logpose';
import {
  type Order,
  orderSerde,
  orders,
  outputs,
  profiles,
  punctuations,
  seen,
  windows,
} from './topics.ts';

/** Told of each punctuation, which no log shows. */
export type Punctuated = (taskId: string, time: 'stream' | 'wall-clock', nowMs: number) => void;

/** An application that uses every operator, and the handles of its stores. */
export function simulatedTopology(punctuated: Punctuated) {
  const builder = new StreamsBuilder();
  const placed = builder.stream(orders).filter((order): order is Order => order !== null);
  stateless(placed);
  const ofTables = profileTables(builder, placed);
  const ofOrders = { ...orderTables(placed), ...orderWindows(placed) };
  process(placed, punctuated);
  return { topology: builder.build(), stores: { ...ofTables, ...ofOrders, seen } };
}

type Placed = KStream<string | null, Order>;

function stateless(placed: Placed): void {
  const { big, small } = placed
    .split()
    .branch('big', ({ cents }) => cents >= 100)
    .defaultBranch('small');
  big
    .mapValues(priced)
    .merge(small.flatMapValues(({ sku, cents }) => [sku, `${sku}!`].slice(0, cents % 3)))
    .peek(ignore)
    .to(outputs.texts);
  placed
    .map(({ sku, cents }) => [sku, cents] as const)
    .flatMap((cents, sku) => [[sku, cents] as const, [`${sku}2`, cents + 1] as const])
    .selectKey((_cents, sku) => sku.toUpperCase())
    .filterNot((cents) => cents % 5 === 0)
    .to(outputs.amounts);
  placed.forEach(ignore);
}

function ignore(): void {}

function priced({ sku, cents }: Order): string {
  if (cents % 10 === 7) throw new RangeError('sevens have no price');
  return `${sku}:${cents}`;
}

function profileTables(builder: StreamsBuilder, placed: Placed) {
  const table = builder.table(profiles, { name: 'profiles' });
  const tiers = table
    .filter((profile) => !profile.startsWith('nowhere'))
    .mapValues((profile) => profile.split('/')[1] ?? '');
  tiers.toStream().to(outputs.tierChanges);
  const lengths = table
    .mapValues((profile) => profile.length)
    .materialize({ name: 'lengths', value: int64 });
  lengths.toStream().to(outputs.lengths);
  placed.join(table, ({ sku }, profile) => `${sku}@${profile}`).to(outputs.joined);
  placed
    .leftJoin(tiers, ({ cents }, tier) => `${cents} ${tier ?? 'unknown'}`)
    .to((text) => (Number.parseInt(text, 10) % 2 === 0 ? outputs.leftEven : outputs.leftOdd));
  return { profiles: table, lengths, ...tierTables(tiers) };
}

function tierTables(tiers: KTable<string, string>) {
  const byTier = tiers.groupBy((tier, customer) => [tier, customer], {
    name: 'by-tier',
    key: utf8,
    value: utf8,
  });
  const tierCounts = byTier.count({ name: 'tier-counts' });
  tierCounts.toStream().to(outputs.tierCounts);
  const tierMembers = byTier.aggregate(
    { initialize: () => '', add: withMember, subtract: withoutMember },
    { name: 'tier-members', value: utf8 },
  );
  tierMembers.toStream().to(outputs.tierMembers);
  const tierWeights = tiers
    .groupBy((tier, customer) => [tier, customer.length], {
      name: 'weights-by-tier',
      key: utf8,
      value: int64,
    })
    .reduce(
      { add: (sum, weight) => sum + weight, subtract: (sum, weight) => sum - weight },
      { name: 'tier-weights' },
    );
  tierWeights.toStream().to(outputs.tierWeights);
  return { tierCounts, tierMembers, tierWeights };
}

/** Sorted, so that the order of additions does not show. */
function withMember(members: string, customer: string): string {
  return [...members.split(' '), customer]
    .filter((each) => each !== '')
    .sort()
    .join(' ');
}

/** A group without members is gone. */
function withoutMember(members: string, customer: string): string | null {
  const rest = members.split(' ');
  rest.splice(rest.indexOf(customer), 1);
  return rest.length === 0 ? null : rest.join(' ');
}

function orderTables(placed: Placed) {
  const customerCents = placed
    .groupByKey()
    .aggregate(
      { initialize: () => 0, add: (sum, { cents }) => sum + cents },
      { name: 'customer-cents', value: int64 },
    );
  customerCents.toStream().to(outputs.customerCents);
  const latest = placed
    .mapValues(({ cents }) => cents)
    .toTable({ name: 'latest', key: utf8, value: int64 });
  latest.toStream().to(outputs.latest);
  return { customerCents, latest };
}

function orderWindows(placed: Placed) {
  const bySku = placed.groupBy(({ sku }) => sku, { name: 'by-sku', key: utf8, value: orderSerde });
  const skuCounts = bySku.count({ name: 'sku-counts' });
  skuCounts.toStream().to(outputs.skuCounts);
  const skuSums = bySku.reduce(belowFiveHundred, { name: 'sku-sums' });
  skuSums.toStream().to(outputs.skuSums);
  const tumbling = bySku.windowedBy(windows.tumbling).count({ name: 'tumbling' });
  tumbling.toStream().to(outputs.tumbling);
  const hopping = bySku
    .windowedBy(windows.hopping)
    .aggregate(
      { initialize: () => 0, add: (sum, order) => sum + order.cents },
      { name: 'hopping', value: int64 },
    );
  hopping.toStream().to(outputs.hopping);
  const daily = bySku.windowedBy(windows.daily).reduce(sumOfOrders, {
    name: 'daily',
    retentionMs: 60 * 3_600_000,
  });
  daily.toStream().to(outputs.daily);
  return { skuCounts, skuSums, tumbling, hopping, daily };
}

function sumOfOrders(sum: Order, { sku, cents }: Order): Order {
  return { sku, cents: sum.cents + cents };
}

/** A sum of five hundred or more is gone: the next order begins anew. */
function belowFiveHundred(sum: Order, order: Order): Order | null {
  const next = sumOfOrders(sum, order);
  return next.cents < 500 ? next : null;
}

function process(placed: Placed, punctuated: Punctuated): void {
  placed
    .repartition({ name: 'again', value: orderSerde })
    .process({
      stores: { seen },
      output: { key: utf8, value: utf8 },
      init: ({ stores, forward, punctuate, requestCommit, taskId }) => {
        punctuate({ everyMs: punctuations.streamMs, time: 'stream' }, (nowMs) => {
          punctuated(taskId, 'stream', nowMs);
          for (const [key, times] of stores.seen.range()) forward({ key, value: `has ${times}` });
          stores.seen.put('punctuations', (stores.seen.get('punctuations') ?? 0) + 1);
        });
        punctuate({ everyMs: punctuations.wallMs, time: 'wall-clock' }, (nowMs) => {
          punctuated(taskId, 'wall-clock', nowMs);
          forward({ key: 'clock', value: `rows ${[...stores.seen.range()].length}` });
        });
        return ({ key, value }) => {
          const customer = key ?? 'nobody';
          const times = (stores.seen.get(customer) ?? 0) + 1;
          if (times < 4) stores.seen.put(customer, times);
          else stores.seen.delete(customer);
          if (value.cents % 9 === 0) requestCommit();
          forward({ key: customer, value: `${times}` });
        };
      },
    })
    .to(outputs.processed);
}

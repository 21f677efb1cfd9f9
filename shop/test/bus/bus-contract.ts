import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Bus, BusError, maxBusBytes, maxInFlight } from '../../src/bus/bus.ts';
import { type Surroundings, system } from '../../src/domain/surroundings.ts';

/** What a bus is made with in a test. */
export interface BusTestParts {
  readonly surroundings: Surroundings;
  readonly onError: (error: unknown) => void;
}

/** What every bus must do. Each adapter's test file is one call to this. */
export function busContract(name: string, open: (parts: BusTestParts) => Bus): void {
  suite(`${name} is a bus`, () => {
    busTest('a request is answered, and the answer says by whom', async ({ bus }) => {
      bus.respond('hello', async ({ body }) => `hello ${body}`);
      assert.deepEqual(await bus.request('hello', 'ada'), {
        body: 'hello ada',
        answeredBy: 'crew-1',
      });
    });

    busTest('nobody to answer is told at once', async ({ bus }) => {
      await refusedAs('no-responder', bus.request('hello', null));
      const leave = bus.respond('hello', async () => 1);
      leave();
      await refusedAs('no-responder', bus.request('hello', null));
    });

    busTest('each request goes to one responder, each in turn', async ({ bus }) => {
      bus.respond('which', async () => 'one');
      bus.respond('which', async () => 'other');
      const answers = await Promise.all([1, 2, 3, 4].map(() => bus.request('which', null)));
      assert.deepEqual(
        answers.map(({ body }) => body),
        ['one', 'other', 'one', 'other'],
      );
    });

    busTest('nothing is shared between the two sides', async ({ bus }) => {
      const received: unknown[] = [];
      const answer = { list: [1] };
      bus.respond('share', async ({ body }) => {
        received.push(body);
        return answer;
      });
      const body = { name: 'ada', none: undefined };
      const reply = await bus.request('share', body);
      assert.deepEqual(received, [{ name: 'ada' }]);
      assert.notEqual(reply.body, answer);
      assert.deepEqual(reply.body, answer);
    });

    busTest('headers arrive, with a deadline', async ({ bus, nowMs }) => {
      const seen: unknown[] = [];
      bus.respond('headers', async ({ headers }) => seen.push(headers));
      await bus.request('headers', null, { timeoutMs: 100, headers: { 'Visitor-Id': 'v' } });
      assert.deepEqual(seen, [{ 'Visitor-Id': 'v', 'Deadline-Ms': String(nowMs() + 100) }]);
    });

    busTest('an answer that does not come in time is a time-out', async ({ bus, advance }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      bus.respond('slow', () => promise);
      const asked = bus.request('slow', null);
      await refusedAs('responder-timeout', Promise.all([asked, advance(5_000)]));
      resolve();
    });

    busTest('a request whose deadline has passed is not begun', async (parts) => {
      let begun = 0;
      parts.bus.respond('late', async () => begun++);
      const asked = parts.bus.request('late', null, { timeoutMs: 50 });
      await refusedAs('responder-timeout', Promise.all([asked, parts.advance(51)]));
      assert.equal(begun, 0);
    });

    busTest('a responder that throws is a failure, and told to us', async (parts) => {
      parts.bus.respond('broken', async () => {
        throw new Error('broken');
      });
      await refusedAs('responder-failed', parts.bus.request('broken', null));
      assert.equal(parts.errors.length, 1);
    });

    busTest(
      '64 requests are in flight per subject, one more is refused as busy',
      async ({ bus }) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        bus.respond('slow', () => promise);
        bus.respond('other', async () => 'there');
        const asked = Array.from({ length: maxInFlight }, () => bus.request('slow', null));
        await refusedAs('busy', bus.request('slow', null));
        assert.equal((await bus.request('other', null)).body, 'there');
        resolve();
        await Promise.all(asked);
        await bus.request('slow', null);
      },
    );

    busTest('a body of a megabyte is refused, one just below is carried', async ({ bus }) => {
      bus.respond('big', async ({ body }) => String(body).length);
      await refusedAs('too-large', bus.request('big', 'x'.repeat(maxBusBytes)));
      await refusedAs('too-large', bus.request('big', '한'.repeat(maxBusBytes / 3)));
      const { body } = await bus.request('big', 'x'.repeat(maxBusBytes - 2));
      assert.equal(body, maxBusBytes - 2);
    });

    busTest('an announcement reaches every listener, whatever another one does', async (parts) => {
      const heard: unknown[] = [];
      parts.bus.listen('news', () => {
        throw new Error('broken');
      });
      parts.bus.listen('news', (body) => heard.push(body));
      const leave = parts.bus.listen('news', (body) => heard.push(body));
      parts.bus.broadcast('news', { code: '7' });
      await new Promise(setImmediate);
      leave();
      parts.bus.broadcast('news', 'more');
      await new Promise(setImmediate);
      assert.deepEqual(heard, [{ code: '7' }, { code: '7' }, 'more']);
      assert.equal(parts.errors.length, 2);
    });

    busTest('closing answers what is in flight, and refuses the rest', async ({ bus }) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      bus.respond('slow', () => promise);
      const asked = bus.request('slow', null);
      const closing = bus.close();
      await refusedAs('no-responder', bus.request('slow', null));
      resolve('answered');
      assert.equal((await asked).body, 'answered');
      await closing;
    });
  });

  function busTest(title: string, run: (parts: OpenBus) => Promise<void>): void {
    test(title, async () => {
      const parts = openBus(open);
      await run(parts);
      await parts.bus.close();
    });
  }
}

interface OpenBus {
  readonly bus: Bus;
  readonly errors: unknown[];
  nowMs(): number;
  /** Moves the clock and fires what is due. */
  advance(byMs: number): Promise<void>;
}

function openBus(open: (parts: BusTestParts) => Bus): OpenBus {
  let nowMs = 1_000_000;
  const timers = new Map<() => void, number>();
  const surroundings: Surroundings = {
    ...system,
    nowMs: () => nowMs,
    after: (delayMs, run) => {
      timers.set(run, nowMs + delayMs);
      return () => timers.delete(run);
    },
  };
  const errors: unknown[] = [];
  return {
    bus: open({ surroundings, onError: (error) => void errors.push(error) }),
    errors,
    nowMs: () => nowMs,
    advance: async (byMs) => {
      nowMs += byMs;
      for (const [run, dueMs] of [...timers]) if (dueMs <= nowMs) run();
    },
  };
}

async function refusedAs(code: BusError['code'], asked: Promise<unknown>): Promise<void> {
  await assert.rejects(asked, (error: unknown) => error instanceof BusError && error.code === code);
}

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as v from 'valibot';
import { calendar } from '../window/calendar.ts';
import { hopping, tumbling } from '../window/fixed-windows.ts';
import { session, sliding } from '../window/moving-windows.ts';
import type { Windowed } from '../window/window.ts';
import { changeSerde } from './change-serde.ts';
import { decodeBytes, encodeToBytes, identityOf } from './encoded.ts';
import { serde } from './from-functions.ts';
import { json } from './json.ts';
import { list } from './list.ts';
import { isNullable, nullable } from './nullable.ts';
import { bigint64, boolean, bytes, float64, int32, int64, utf8, uuid } from './primitives.ts';
import type { Serde } from './serde.ts';
import { timestamped } from './timestamped.ts';
import { windowBytesOf, windowed } from './windowed.ts';

suite('utf8', () => {
  test('text with a lone surrogate has no bytes', () => {
    refuses(utf8, '\ud800', /lone surrogate/);
    refuses(utf8, 'a\udc00b', /lone surrogate/);
  });

  test('what is not text is refused, without its contents in the message', () => {
    refuses(utf8, 7, /utf8 takes a string, not number/);
    refuses(utf8, null, /utf8 takes a string, not null/);
  });

  test('bytes that are not UTF-8 are read as U+FFFD, as on the JVM', () => {
    assert.equal(decodeBytes(utf8, Buffer.from([0x61, 0xff])), 'a\ufffd');
  });
});

suite('numbers', () => {
  test('int32 takes whole numbers of 32 bits', () => {
    for (const wrong of [0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, '1', undefined]) {
      refuses(int32, wrong, /int32 takes a whole number/);
    }
  });

  test('int64 takes safe integers, and reads nothing that a number cannot hold', () => {
    for (const wrong of [2 ** 53, 0.5, Number.POSITIVE_INFINITY, 1n]) {
      refuses(int64, wrong, /int64 takes a whole number/);
    }
    refuses(int64, 2 ** 53, /, not one beyond$/);
    refuses(int64, 0.5, /, not a fraction$/);
    refuses(int64, Number.NaN, /, not NaN$/);
    refuses(int64, '7', /, not string$/);
    cannotRead(int64, '0020000000000000', /beyond/);
    cannotRead(int64, '7fffffffffffffff', /beyond/);
    assert.equal(decodeBytes(int64, Buffer.from('001fffffffffffff', 'hex')), 2 ** 53 - 1);
  });

  test('bigint64 takes bigints of 64 bits', () => {
    for (const wrong of [2n ** 63n, -(2n ** 63n) - 1n, 1])
      refuses(bigint64, wrong, /bigint64 takes/);
  });

  test('float64 takes numbers only', () => {
    refuses(float64, '1', /float64 takes a number, not string/);
  });

  test('bytes of another length are refused', () => {
    cannotRead(int32, '000000', /3 bytes where there must be 4/);
    cannotRead(int32, '0000000000', /5 bytes where there must be 4/);
    cannotRead(int64, '', /0 bytes where there must be 8/);
    cannotRead(bigint64, '00', /1 bytes where there must be 8/);
    cannotRead(float64, '000000000000000000', /9 bytes where there must be 8/);
  });
});

suite('boolean, uuid and bytes', () => {
  test('a boolean is the byte 0 or 1 and nothing else', () => {
    refuses(boolean, 1, /true or false, not number/);
    cannotRead(boolean, '02', /must be the byte 0 or 1/);
    cannotRead(boolean, '', /0 bytes/);
    cannotRead(boolean, '0100', /2 bytes/);
  });

  test('a UUID is lower-cased when written and when read', () => {
    const upper = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';
    assert.equal(Buffer.from(encodeToBytes(uuid, upper)).toString(), upper.toLowerCase());
    assert.equal(decodeBytes(uuid, Buffer.from(upper)), upper.toLowerCase());
  });

  test('what is not a UUID is refused', () => {
    refuses(uuid, 'a0eebc999c0b4ef8bb6d6bb9bd380a11', /uuid takes 36 characters/);
    cannotRead(uuid, Buffer.from('x'.repeat(36)).toString('hex'), /not a UUID/);
    cannotRead(uuid, '00', /1 bytes/);
  });

  test('bytes that are read are a copy of their own', () => {
    const source = Buffer.from('tea');
    const read = decodeBytes(bytes, source);
    source.fill(0);
    assert.equal(Buffer.from(read).toString(), 'tea');
    refuses(bytes, [1, 2], /bytes takes a Uint8Array, not object/);
  });
});

suite('json', () => {
  const order = json((value) => v.parse(v.object({ sku: v.string() }), value));

  test('a function or a Standard Schema decides what is read', () => {
    const bySchema = json(v.object({ sku: v.string() }));
    for (const each of [order, bySchema]) {
      assert.deepEqual(decodeBytes(each, Buffer.from('{"sku":"tea"}')), { sku: 'tea' });
      assert.throws(() => decodeBytes(each, Buffer.from('{"sku":7}')));
    }
  });

  test('a refusing schema is named, with what it says', () => {
    const text = Buffer.from('{"sku":7}');
    assert.throws(
      () => decodeBytes(json(v.object({ sku: v.string() })), text),
      /not what the valibot schema says: Invalid type/,
    );
  });

  test('an asynchronous schema is refused when it is used', () => {
    const later = v.objectAsync({
      sku: v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
    });
    assert.throws(() => decodeBytes(json(later), Buffer.from('{"sku":"a"}')), /asynchronous/);
  });

  test('an asynchronous schema that fails does not end the process', async () => {
    const failing = json<string>({
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => Promise.reject(new Error('later')),
      },
    });
    assert.throws(() => decodeBytes(failing, Buffer.from('1')), /asynchronous/);
    await Promise.resolve();
  });

  test('text that is not JSON is refused without being quoted', () => {
    const secret = Buffer.from('{"card":"4111');
    assert.throws(
      () => decodeBytes(order, secret),
      (error) => error instanceof SyntaxError && !error.message.includes('4111'),
    );
    cannotRead(order, '', /not JSON/);
  });

  test('the text null is refused, and so is what would become null', () => {
    cannotRead(order, Buffer.from('null').toString('hex'), /the JSON text is null/);
    const any = json((value): number | string => (typeof value === 'number' ? value : 'x'));
    for (const wrong of [undefined, Number.NaN, () => 1, Symbol('s'), null]) {
      refuses(any, wrong, /no JSON text, or null/);
    }
  });

  test('a function that returns nothing is refused', () => {
    const nothing: (value: unknown) => string = () => JSON.parse('null');
    assert.throws(() => decodeBytes(json(nothing), Buffer.from('1')), /parse returned null/);
  });
});

suite('list', () => {
  test('the lists of lists are lists', () => {
    const nested = list(list(utf8));
    const value = [['a', ''], [], ['한']];
    assert.deepEqual(decodeBytes(nested, encodeToBytes(nested, value)), value);
  });

  test('a list that is cut, too long or lies about its lengths is refused', () => {
    cannotRead(list(utf8), '', /first byte/);
    cannotRead(list(utf8), '02', /first byte/);
    cannotRead(list(utf8), '0000000000', /first byte/);
    cannotRead(list(utf8), '010000', /cut off/);
    cannotRead(list(utf8), '01000000020000000161', /cut off/);
    cannotRead(list(utf8), '01000000010000000561', /beyond the list/);
    cannotRead(list(utf8), '0100000001000000016100', /not as long/);
    cannotRead(list(utf8), '01fffffff0', /negative/);
    cannotRead(list(int32), '000000000000000002000000', /not as long/);
    cannotRead(list(utf8), '017fffffff', /cut off/);
  });

  test('a list holds its elements as opaquely as they are', () => {
    assert.equal(list(utf8).holds, 'plain');
    assert.equal(list(bytes).holds, 'opaque');
  });
});

suite('nullable', () => {
  test('null is the absence of bytes: the serde neither writes nor reads it', () => {
    const some = nullable(utf8);
    assert.equal(isNullable(some), true);
    assert.equal(isNullable(utf8), false);
    assert.equal(decodeBytes(some, encodeToBytes(some, 'a')), 'a');
    assert.throws(() => encodeToBytes(some, null), /null has no bytes/);
    assert.equal(some.identity?.('a'), 'a');
  });

  test('nullable twice is nullable once', () => {
    const twice: Serde<string | null> = nullable(nullableAgain());
    assert.equal(decodeBytes(twice, encodeToBytes(twice, 'a')), 'a');
  });
});

suite('serde', () => {
  const dates = serde<Date>({
    encode: (date) => Buffer.from(date.toISOString()),
    decode: (encoded) => new Date(Buffer.from(encoded).toString()),
  });

  test('two functions are a serde whose values are opaque, unless it says otherwise', () => {
    const date = new Date(5);
    assert.deepEqual(decodeBytes(dates, encodeToBytes(dates, date)), date);
    assert.equal(dates.holds, 'opaque');
    assert.equal(
      serde({ encode: () => Buffer.of(), decode: () => 1, holds: 'primitive' }).holds,
      'primitive',
    );
  });

  test('a decoder gets bytes of its own, and must give a value', () => {
    let kept: Uint8Array = new Uint8Array();
    const keeping = serde<string>({
      encode: (text) => Buffer.from(text),
      decode: (encoded) => {
        kept = encoded;
        return 'x';
      },
    });
    const source = Buffer.from('abc');
    keeping.decode(source, 1, 3);
    source.fill(0);
    assert.equal(Buffer.from(kept).toString(), 'bc');

    const nothing = serde<string>({ encode: () => Buffer.of(), decode: () => JSON.parse('null') });
    cannotRead(nothing, '00', /decode returned null/);
  });

  test('an encoder that gives no bytes is refused', () => {
    const wrong = serde<string>({ encode: () => JSON.parse('"text"'), decode: () => 'x' });
    refuses(wrong, 'a', /encode must return a Uint8Array/);
  });
});

suite('windowed', () => {
  test('the windows give the end of a key’s window back', () => {
    const day = calendar({ unit: 'day', zone: 'America/New_York', graceMs: 0 });
    const startMs = Date.parse('2024-03-10T05:00Z');
    const cases = [
      [tumbling({ sizeMs: 10, graceMs: 0 }), { startMs: 20, endMs: 30 }],
      [hopping({ sizeMs: 10, advanceMs: 5, graceMs: 0 }), { startMs: 25, endMs: 35 }],
      [sliding({ differenceMs: 10, graceMs: 0 }), { startMs: 21, endMs: 31 }],
      [session({ gapMs: 10, graceMs: 0 }), { startMs: 3, endMs: 90 }],
      [day, { startMs, endMs: startMs + 23 * 3_600_000 }],
    ] as const;
    for (const [windows, window] of cases) {
      const keys = windowed(utf8, windows);
      const key: Windowed<string> = { key: 'ada', window };
      assert.deepEqual(decodeBytes(keys, encodeToBytes(keys, key)), key);
    }
  });

  test('a key that is shorter than its window is refused', () => {
    const windows = tumbling({ sizeMs: 10, graceMs: 0 });
    cannotRead(windowed(utf8, windows), '00000000000000', /no window start/);
    const sessions = windowed(utf8, session({ gapMs: 1, graceMs: 0 }));
    cannotRead(sessions, '000000000000000000', /no session/);
    cannotRead(sessions, '00000000000000010000000000000002', /ends before it starts/);
  });

  test('the window’s bytes are not part of what chooses the partition', () => {
    const windows = tumbling({ sizeMs: 10, graceMs: 0 });
    assert.equal(windowBytesOf(windowed(utf8, windows)), 8);
    assert.equal(windowBytesOf(nullable(windowed(utf8, windows))), 8);
    assert.equal(windowBytesOf(windowed(utf8, session({ gapMs: 1, graceMs: 0 }))), 16);
    assert.equal(windowBytesOf(utf8), 0);
  });
});

suite('rows and changes', () => {
  test('a row is its time and its value', () => {
    const rows = timestamped(utf8);
    cannotRead(rows, '00000000000000', /no timestamp/);
    cannotRead(rows, '7fffffffffffffff61', /beyond/);
  });

  test('a change with the byte that says whether it is the latest is read too', () => {
    const changes = changeSerde(utf8);
    const read = (text: string) => decodeBytes(changes, Buffer.from(text, 'hex'));
    assert.deepEqual(read('6e65770104'), { before: undefined, after: 'new' });
    assert.deepEqual(read('6f6c640003'), { before: 'old', after: undefined });
    assert.deepEqual(read('066e65776f6c640105'), { before: 'old', after: 'new' });
  });

  test('a change whose frame is wrong is refused', () => {
    const changes = changeSerde(utf8);
    cannotRead(changes, '', /without bytes/);
    cannotRead(changes, '6106', /no kind of change/);
    cannotRead(changes, '03', /no byte says/);
    cannotRead(changes, '6104', /no byte says/);
    cannotRead(changes, '206102', /length of the new row/);
    cannotRead(changes, '016102', /length of the new row/);
  });
});

suite('identity', () => {
  test('a serde without an identity of its own is identified by its bytes', () => {
    assert.notEqual(identityOf(float64, 0), identityOf(float64, -0));
    assert.equal(identityOf(float64, Number.NaN), identityOf(float64, Number.NaN));
    assert.equal(
      identityOf(uuid, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'.toLowerCase()).toString().length,
      36,
    );
  });
});

function refuses<T>({ encode }: Serde<T>, value: unknown, why: RegExp): void {
  const to = {
    byte() {},
    int32() {},
    int64() {},
    bigint64() {},
    float64() {},
    utf8() {},
    bytes() {},
  };
  assert.throws(() => Reflect.apply(encode, undefined, [value, to]), why);
}

function cannotRead<T>(from: Serde<T>, digits: string, why: RegExp): void {
  assert.throws(() => decodeBytes(from, Buffer.from(digits, 'hex')), why);
}

/** As JavaScript may have it, whatever the types say. */
function nullableAgain(): Serde<string> {
  const { encode, decode, holds, identity } = nullable(utf8);
  return {
    encode,
    decode: (source, start, end) => decode(source, start, end) ?? '',
    holds,
    identity,
  };
}

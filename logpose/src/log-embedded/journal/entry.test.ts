import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Change } from '../state/change.ts';
import { decodeEntry, encodeEntry } from './entry.ts';

const place = { journal: 3, at: 12 };
const changes: readonly Change[] = [{ kind: 'producer', transactionalId: 'writer', epoch: 7 }];
const entry = { syncedBytes: 500, leaderEpoch: 2, changes };

suite('an entry of the journal', () => {
  test('comes back as it was written', () => {
    const journal = journalWith();

    const found = decodeEntry(journal, place);

    assert.deepEqual(found, { state: 'whole', entry, endAt: journal.length });
  });

  test('is torn at whatever byte its writing ended', () => {
    const journal = journalWith();

    for (let length = place.at + 1; length < journal.length; length++) {
      assert.equal(decodeEntry(journal.subarray(0, length), place).state, 'torn');
    }
  });

  test('is known to be damaged whatever bit has changed', () => {
    for (let bit = place.at * 8; bit < journalWith().length * 8; bit++) {
      const journal = journalWith();
      journal[bit >> 3] = (journal[bit >> 3] ?? 0) ^ (1 << (bit & 7));

      assert.equal(decodeEntry(journal, place).state, 'damaged', `bit ${bit}`);
    }
  });

  test('is none at another place or in another journal', () => {
    const bytes = encodeEntry(entry, place);
    const moved = Buffer.concat([Buffer.alloc(20), bytes]);

    assert.equal(decodeEntry(moved, { journal: 3, at: 20 }).state, 'damaged');
    assert.equal(decodeEntry(journalWith(), { journal: 4, at: 12 }).state, 'damaged');
  });
});

function journalWith(): Buffer {
  return Buffer.concat([Buffer.alloc(place.at), encodeEntry(entry, place)]);
}

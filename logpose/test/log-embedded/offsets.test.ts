import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { batchOf } from '../contract/log-records.ts';
import { CrashDisk } from './crash-disk.ts';
import { openOn } from './crashed-log.ts';

const place = { topic: 'red', partition: 0 };

suite('an offset that is no whole number', () => {
  for (const offset of [Number.NaN, 0.5, Number.POSITIVE_INFINITY, 2 ** 53]) {
    test(`is refused, and nothing is deleted or committed (${offset})`, async () => {
      const disk = new CrashDisk();
      const log = await openOn(disk);
      await log.admin.createTopics([{ name: 'red', partitions: 1 }]);
      await log.producer().append(place, batchOf('a', 'b'));
      const offsets = [{ ...place, offset, metadata: '' }];

      await assert.rejects(log.admin.deleteRecords([{ ...place, offset }]), ConfigError);
      await assert.rejects(log.admin.commitOffsets({ groupId: 'group', offsets }), ConfigError);

      await log.close();
      const again = await openOn(disk);
      const [range] = await again.admin.offsetRanges([place]);
      assert.deepEqual([range?.startOffset, range?.endOffset], [0, 2]);
      assert.deepEqual(await again.admin.committedOffsets('group', [place]), [undefined]);
    });
  }
});

import type { LogStep } from './log-steps.ts';

const place = { topic: 'red', partition: 0 };
const other = { topic: 'red', partition: 1 };

/** What the killed process does: commits over partitions, full segments, a full journal. */
export const killedSteps: readonly LogStep[] = [
  { do: 'create', name: 'red', partitions: 2 },
  { do: 'append', place, values: ['a', 'b'] },
  {
    do: 'transaction',
    parts: [
      { place, values: ['c'] },
      { place: other, values: ['d', 'e'.repeat(200)] },
    ],
    offsets: { groupId: 'group', offsets: [{ ...place, offset: 2, metadata: 'noon' }] },
  },
  {
    do: 'transaction',
    parts: [
      { place, values: ['f'.repeat(300)] },
      { place: other, values: ['g'.repeat(300)] },
    ],
    offsets: { groupId: 'group', offsets: [{ ...place, offset: 3, metadata: 'night' }] },
  },
  { do: 'delete-records', place: other, offset: 2 },
  { do: 'append', place, values: ['h'] },
];

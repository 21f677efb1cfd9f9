import type { Log, RecordHeaders } from 'logpose';
import { readRaw } from './raw-log.ts';

/** One line for each dead letter: which record it was, why, and its bytes as text. */
export async function deadLines(log: Log, prefix: string): Promise<readonly string[]> {
  const lines: string[] = [];
  await readRaw(log, `${prefix}.dead`, ({ headers, value }) => {
    const text = Buffer.from(value ?? []).toString('utf8');
    // Bytes of anybody: nothing of them reaches the terminal as a command.
    const shown = JSON.stringify(text.slice(0, maxShownCharacters));
    lines.push(`  ${placeOf(headers)}  ${reasonOf(headers)}  ${shown}`);
  });
  return lines;
}

/** Where a dead letter's record stands, as `topic/partition/offset`. */
export function placeOf(headers: RecordHeaders): string {
  const [topic, partition, offset] = ['topic', 'partition', 'offset'].map((part) =>
    headers.text(`__streams.errors.${part}`),
  );
  return headers.text('shop.dead.position') ?? `${topic}/${partition}/${offset}`;
}

function reasonOf(headers: RecordHeaders): string {
  return headers.text('shop.dead.reason') ?? headers.text('__streams.errors.message') ?? '?';
}

const maxShownCharacters = 200;

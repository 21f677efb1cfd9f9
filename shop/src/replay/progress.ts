import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Presets, SingleBar } from 'cli-progress';
import type { ReplayProgress } from './replay-batch.ts';

/** Shows how far a replay is. */
export interface ProgressView {
  show(progress: ReplayProgress): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a line for each tenth of the file. */
export function progressView(out: NodeJS.WriteStream, totalRows: number): ProgressView {
  return out.isTTY ? barOn(out, totalRows) : linesOn(out, totalRows);
}

/** How many rows a file has behind its header, quickly: as many as it has line ends. */
export async function countRows(path: string): Promise<number> {
  let lines = 0;
  const count = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    }
  };
  const file = createReadStream(path);
  if (path.endsWith('.gz')) await pipeline(file, createGunzip(), count);
  else await pipeline(file, count);
  return Math.max(0, lines - 1);
}

/** A day and time without zone, as the file has it. */
export function timeText(timestamp: number): string {
  return new Date(timestamp).toISOString().slice(0, 16).replace('T', ' ');
}

function barOn(out: NodeJS.WriteStream, totalRows: number): ProgressView {
  const format = '  {bar} {value} / {total}   {time}   {speed} rows/s';
  const bar = new SingleBar({ format, stream: out, hideCursor: true }, Presets.shades_classic);
  const startMs = performance.now();
  bar.start(totalRows, 0, { time: '', speed: '–' });
  return {
    show({ rows, occurredAt }) {
      const speed = Math.round((1_000 * rows) / (performance.now() - startMs));
      if (rows > bar.getTotal()) bar.setTotal(rows);
      bar.update(rows, { time: timeText(occurredAt), speed: speed.toLocaleString('en-US') });
    },
    end: () => bar.stop(),
  };
}

function linesOn(out: NodeJS.WriteStream, totalRows: number): ProgressView {
  let nextTenth = 1;
  return {
    show({ rows, occurredAt }) {
      const tenth = totalRows === 0 ? 10 : Math.floor((10 * rows) / totalRows);
      if (tenth < nextTenth) return;
      nextTenth = tenth + 1;
      out.write(`  ${rows.toLocaleString('en-US')} rows   ${timeText(occurredAt)}\n`);
    },
    end() {},
  };
}

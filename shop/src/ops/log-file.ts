import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Surroundings } from '../domain/surroundings.ts';

/** Bytes of one log file, and how many older ones are kept. */
export const maxLogBytes = 100 * 1024 * 1024;
export const keptLogs = 4;
const lookMs = 60_000;

/** JSON lines in the world's directory; the terminal gets only what a person needs. */
export interface LogFile {
  readonly logger: Logger;
  close(): Promise<void>;
}

/** Opens `shop.log`, which goes on in a new file when it is full. */
export function openLogFile(
  directory: string,
  level: string,
  surroundings: Pick<Surroundings, 'after'>,
): LogFile {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'shop.log');
  rotate(path);
  // Where nothing can be written it is said now, and not by an event later.
  closeSync(openSync(path, 'a'));
  const destination = pino.destination({ dest: path, sync: false });
  const logger = pino({ level }, destination);
  let cancel: () => void;
  const look = (): void => {
    cancel = surroundings.after(lookMs, () => {
      if (rotate(path)) destination.reopen();
      look();
    });
  };
  look();
  return {
    logger,
    close: async () => {
      cancel();
      await new Promise<void>((resolve) => {
        destination.once('close', resolve);
        destination.end();
      });
    },
  };
}

/** Moves a full file aside: `shop.log.1` is the newest of the older ones. */
export function rotate(path: string, maxBytes = maxLogBytes): boolean {
  if (!existsSync(path) || statSync(path).size < maxBytes) return false;
  for (let n = keptLogs; n > 0; n--) {
    const from = n === 1 ? path : `${path}.${n - 1}`;
    if (existsSync(from)) renameSync(from, `${path}.${n}`);
  }
  return true;
}

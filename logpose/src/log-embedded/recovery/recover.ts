import { damagedFile } from '../disk/damage.ts';
import type { Disk } from '../disk/disk.ts';
import { JournalFile, journalName } from '../journal/journal-file.ts';
import type { RecoveryLoss } from '../options.ts';
import type { OpenFiles } from '../segments/open-files.ts';
import { LogState } from '../state/log-state.ts';
import { journalNumbers, readJournal } from './read-journal.ts';
import { replayJournal } from './replay-journal.ts';
import { checkSegments, tidyFiles } from './tidy-files.ts';

/** A log that is ready to be used. */
export interface Recovered {
  readonly state: LogState;
  readonly journal: JournalFile;
  readonly loss: RecoveryLoss | undefined;
}

/**
 * Finds out what belongs to the log, removes the rest, and begins a journal of its own with it.
 *
 * @throws {LogDamagedError} When the log is damaged; nothing is changed then.
 * @throws {LogUnavailableError} When the disk cannot be read or written.
 */
export async function recover(disk: Disk, files: OpenFiles): Promise<Recovered> {
  const numbers = journalNumbers(disk);
  const last = numbers.at(-1);
  if (last === undefined) return beginLog(disk);
  const replayed = replayJournal(readJournal(disk, last), { disk, files });
  const { state, loss, grown, after } = replayed;
  checkSegments(disk, state);
  files.closeAll();
  await syncAll({ disk, files }, state, grown);
  state.bootId = disk.bootId;
  // What was not synced may be gone without a trace, and readers may have seen it.
  if (after === 'machine-crash') state.leaderEpoch++;
  const journal = await begin(disk, last + 1, state);
  try {
    // Not before: what gave a file up may be in an entry that a crash of the machine still takes.
    tidyFiles(disk, state);
    for (const number of numbers) disk.remove(journalName(number));
  } catch (cause) {
    journal.close();
    throw cause;
  }
  return { state, journal, loss };
}

async function beginLog(disk: Disk): Promise<Recovered> {
  if (disk.list('topics').length > 0) {
    throw damagedFile('there are records and no journal', disk.locate('topics'));
  }
  const state = new LogState();
  state.bootId = disk.bootId;
  disk.makeDirectory('topics');
  tidyFiles(disk, state);
  return { state, journal: await begin(disk, 1, state), loss: undefined };
}

async function begin(disk: Disk, number: number, state: LogState): Promise<JournalFile> {
  const journal = await JournalFile.begin(disk, number, state);
  try {
    await disk.syncDirectory('');
    return journal;
  } catch (cause) {
    journal.close();
    throw cause;
  }
}

/** The next journal says of everything that it is synced. */
async function syncAll(
  { disk, files }: { readonly disk: Disk; readonly files: OpenFiles },
  state: LogState,
  grown: ReadonlySet<string>,
): Promise<void> {
  disk.makeDirectory('topics');
  for (const { partitions, directory } of state.topics.values()) {
    const segments = partitions.flatMap((partition) => partition.segments);
    const paths = segments.map(({ path }) => path).filter((path) => grown.has(path));
    await files.sync(paths);
    if (paths.length > 0) await disk.syncDirectory(directory);
  }
  await disk.syncDirectory('topics');
}

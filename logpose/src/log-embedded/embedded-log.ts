import type { Surroundings } from '../base/clock.ts';
import { LogUnavailableError } from '../errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions } from '../log/group-port.ts';
import type {
  LogConsumer,
  LogConsumerOptions,
  LogPort,
  LogProducer,
  TransactionalLogProducer,
  TransactionalOptions,
} from '../log/log-port.ts';
import { Housekeeping } from './cleaning/housekeeping.ts';
import { EmbeddedAdmin } from './clients/embedded-admin.ts';
import { EmbeddedConsumer } from './clients/embedded-consumer.ts';
import { EmbeddedProducer } from './clients/embedded-producer.ts';
import { EmbeddedTransactionalProducer } from './clients/embedded-transactional-producer.ts';
import { Fences } from './clients/fences.ts';
import { Bells } from './commit/bells.ts';
import { Committer } from './commit/committer.ts';
import type { Disk } from './disk/disk.ts';
import { GroupCoordinator } from './groups/group-coordinator.ts';
import type { LogSettings } from './options.ts';
import { type Recovered, recover } from './recovery/recover.ts';
import { OpenFiles } from './segments/open-files.ts';
import { SegmentIndexes } from './segments/segment-index.ts';
import { SegmentReader } from './segments/segment-reader.ts';
import { SegmentScan } from './segments/segment-scan.ts';
import { TimeSearch } from './segments/time-search.ts';

/** The log on a disk that belongs to it. */
export class EmbeddedLog implements LogPort {
  readonly admin: EmbeddedAdmin;
  /** Works by itself; whoever waits for it may ask it to work now. */
  readonly housekeeping: Housekeeping;
  readonly #parts: LogParts;
  readonly #committer: Committer;
  readonly #fences: Fences;
  readonly #bells = new Bells();
  readonly #groups: GroupCoordinator;
  readonly #readWith: ConstructorParameters<typeof EmbeddedConsumer>[0];
  #closing: Promise<void> | undefined;

  private constructor(parts: LogParts, { state, journal }: Recovered) {
    const { disk, files, surroundings, settings } = parts;
    const indexes = new SegmentIndexes();
    this.#parts = parts;
    this.#fences = new Fences(state);
    this.#groups = new GroupCoordinator(surroundings);
    const timers = surroundings;
    const writing = { disk, files, indexes, state, bells: this.#bells, timers, settings };
    this.#committer = new Committer(writing, journal);
    const scan = new SegmentScan({ disk, files, indexes });
    const reader = new SegmentReader(scan);
    const times = new TimeSearch(scan, reader);
    const checkOpen = (): void => this.#checkOpen();
    this.admin = new EmbeddedAdmin({
      state,
      committer: this.#committer,
      groups: this.#groups,
      times,
      surroundings,
      checkOpen,
    });
    this.housekeeping = new Housekeeping({
      ...{ disk, state, reader, times, surroundings, settings },
      committer: this.#committer,
    });
    this.housekeeping.start();
    this.#readWith = { state, reader, bells: this.#bells, surroundings, checkOpen };
  }

  /**
   * Opens what the disk has, after recovery. The disk is released when the log is closed, or now
   * when it cannot be opened.
   *
   * @throws {LogDamagedError} When the log is damaged; nothing is changed then.
   * @throws {LogUnavailableError} When the disk cannot be read or written.
   */
  static async open(
    disk: Disk,
    around: { readonly surroundings: Surroundings; readonly settings: LogSettings },
  ): Promise<EmbeddedLog> {
    const { settings } = around;
    const files = new OpenFiles(disk, settings.maxOpenFiles);
    try {
      const recovered = await recover(disk, files);
      if (recovered.loss !== undefined) settings.onRecovery(recovered.loss);
      return new EmbeddedLog({ disk, files, ...around }, recovered);
    } catch (cause) {
      files.closeAll();
      disk.release();
      throw cause;
    }
  }

  consumer(options: LogConsumerOptions = {}): LogConsumer {
    return new EmbeddedConsumer(this.#readWith, options.maxPartitionBytes);
  }

  producer(): LogProducer {
    return new EmbeddedProducer(this.#committer);
  }

  transactionalProducer(options: TransactionalOptions): Promise<TransactionalLogProducer> {
    const { surroundings: clock, settings } = this.#parts;
    const { maxTransactionBytes } = settings;
    const parts = {
      committer: this.#committer,
      fences: this.#fences,
      groups: this.#groups,
      clock,
      maxTransactionBytes,
    };
    return EmbeddedTransactionalProducer.open(parts, options);
  }

  groupMember(options: GroupMemberOptions): GroupMember {
    return this.#groups.member(options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { files, disk } = this.#parts;
    this.#bells.ringAll();
    this.#groups.close();
    try {
      await this.housekeeping.stop();
      await this.#committer.close();
    } finally {
      files.closeAll();
      disk.release();
    }
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new LogUnavailableError('the log is closed', { retriable: false });
  }
}

interface LogParts {
  readonly disk: Disk;
  readonly files: OpenFiles;
  readonly surroundings: Surroundings;
  readonly settings: LogSettings;
}

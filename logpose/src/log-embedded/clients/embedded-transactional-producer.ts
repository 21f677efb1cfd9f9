import type { Clock } from '../../base/clock.ts';
import type {
  LogTransaction,
  TransactionalLogProducer,
  TransactionalOptions,
} from '../../log/log-port.ts';
import type { Committer } from '../commit/committer.ts';
import type { GroupCoordinator } from '../groups/group-coordinator.ts';
import { EmbeddedTransaction } from './embedded-transaction.ts';
import type { Fences } from './fences.ts';

/** What transactional producers write with. */
export interface TransactionalParts {
  readonly committer: Committer;
  readonly fences: Fences;
  readonly groups: GroupCoordinator;
  readonly clock: Clock;
  readonly maxTransactionBytes: number;
}

const defaultTimeoutMs = 60_000;

/** One epoch of a transactional id. */
export class EmbeddedTransactionalProducer implements TransactionalLogProducer {
  readonly #parts: TransactionalParts;
  readonly #options: TransactionalOptions;
  readonly #epoch: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(parts: TransactionalParts, options: TransactionalOptions, epoch: number) {
    this.#parts = parts;
    this.#options = options;
    this.#epoch = epoch;
  }

  /** Takes the id over: from the call on, nothing that its earlier producers commit is taken. */
  static async open(
    parts: TransactionalParts,
    options: TransactionalOptions,
  ): Promise<EmbeddedTransactionalProducer> {
    const { transactionalId } = options;
    const epoch = parts.fences.raise(transactionalId);
    await new Promise<void>((resolve, reject) => {
      parts.committer.submit({
        kind: 'changes',
        decide: () => [{ kind: 'producer', transactionalId, epoch }],
        resolve,
        reject,
        doubt: reject,
      });
    });
    return new EmbeddedTransactionalProducer(parts, options, epoch);
  }

  begin(): LogTransaction {
    const { committer, fences, groups, clock, maxTransactionBytes } = this.#parts;
    const { transactionalId, transactionTimeoutMs = defaultTimeoutMs } = this.#options;
    const endMs = clock.nowMs() + transactionTimeoutMs;
    return new EmbeddedTransaction({
      maxBytes: maxTransactionBytes,
      isLate: () => clock.nowMs() > endMs,
      check: (offsets) => {
        fences.check(transactionalId, this.#epoch);
        groups.check(offsets);
      },
      submit: (request) => {
        const ended = Promise.withResolvers<void>();
        this.#last = ended.promise;
        committer.submit(request(() => ended.resolve()));
      },
    });
  }

  async close(): Promise<void> {
    await this.#last;
  }
}

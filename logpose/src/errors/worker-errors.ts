import { StreamsError } from './streams-error.ts';

/** A worker thread that ended when nobody wanted it to; `cause` is what it ended with. */
export class WorkerError extends StreamsError {
  override readonly name = 'WorkerError';
  readonly code = 'WORKER_FAILED';
  readonly retriable = false;
  /** Its number among the application's workers, from 0. */
  readonly worker: number;

  constructor(worker: number, why: string, options?: ErrorOptions) {
    super(`worker ${worker} ended: ${why}`, options);
    this.worker = worker;
  }
}

import { LogUnavailableError } from '../../errors/log-errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system takes no writes',
  EACCES: 'permission denied',
  EMFILE: 'too many open files',
  EIO: 'the disk failed',
};

/** What `run` returns; what it throws is said in the log's words. */
export function whenDone<T>(verb: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw withReason(verb, path, cause);
  }
}

export function withReason(verb: string, path: string, cause: unknown): LogUnavailableError {
  const code = codeOf(cause);
  const reason = reasons[code] ?? (code === '' ? String(cause) : code);
  return new LogUnavailableError(`cannot ${verb} ${path}: ${reason}`, {
    cause,
    retriable: code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE',
  });
}

export function isMissing(cause: unknown): boolean {
  return codeOf(cause) === 'ENOENT';
}

export function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : '';
}

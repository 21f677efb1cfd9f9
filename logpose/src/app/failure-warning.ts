import { StreamsError } from '../errors/streams-error.ts';

/** Tells the process of a failure that nobody listens for, and of what is behind it. */
export function warnOfFailure(failure: Error): void {
  const isExpected = failure instanceof StreamsError;
  const detail = [...causesOf(isExpected ? failure.cause : failure)].join('\ncaused by: ');
  process.emitWarning(failure.message, {
    type: failure.name,
    ...(isExpected && { code: failure.code }),
    ...(detail !== '' && { detail: isExpected ? `caused by: ${detail}` : detail }),
  });
}

/** With a limit: causes may go round in a circle. */
function* causesOf(error: unknown): Generator<string> {
  let cause = error;
  for (let depth = 0; depth < 8 && cause !== undefined; depth++) {
    if (!(cause instanceof Error)) return yield String(cause);
    yield cause.stack ?? String(cause);
    cause = cause.cause;
  }
}

import { text } from '../text/text.ts';

/** A dead end with a way out. */
export function NotFound({ message }: { readonly message: string }) {
  return (
    <section class="dead-end">
      <svg viewBox="0 0 120 80" aria-hidden="true">
        <path d="M6 66q9-8 18 0t18 0 18 0 18 0 18 0 18 0M40 56q0-34 20-34t20 34" />
        <path d="M52 22h16M60 22v-8M34 56h52" />
      </svg>
      <h1>{message}</h1>
      <a class="button" href="/">
        {text.value.toCatalogue}
      </a>
    </section>
  );
}

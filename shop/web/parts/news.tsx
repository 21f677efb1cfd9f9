import { useEffect, useRef, useState } from 'preact/hooks';

/** Between two messages that are read aloud. */
const newsMs = 5_000;

/** Reads a changing text aloud, at most once in five seconds and only when it has changed. */
export function News({ newest }: { readonly newest: () => string }) {
  const [news, setNews] = useState('');
  const current = useRef(newest);
  current.current = newest;
  useEffect(() => {
    const timer = setInterval(() => setNews(current.current()), newsMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="only-read" role="status">
      {news}
    </p>
  );
}

import { computed, signal } from '@preact/signals';

/** What the address asks for. */
export type Route =
  | { readonly view: 'catalogue' | 'board' | 'days' | 'unknown' }
  | { readonly view: 'product'; readonly code: string };

const path = signal(location.pathname);

export const route = computed(() => routeOf(path.value));

/** Goes to a page of the shop without loading it anew; the language stays in the address. */
export function go(address: string): void {
  history.pushState(null, '', `${address}${location.search}`);
  path.value = location.pathname;
  scrollTo(0, 0);
  document.getElementById('content')?.focus({ preventScroll: true });
}

/** Lets plain clicks on the shop's own links stay in the page. */
export function followLinks(event: MouseEvent): void {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!plain || link === null || link.origin !== location.origin) return;
  if (link.target !== '' || routeOf(link.pathname).view === 'unknown') return;
  event.preventDefault();
  go(link.pathname);
}

export function addressOfProduct(code: string): string {
  return `/p/${encodeURIComponent(code)}`;
}

addEventListener('popstate', () => {
  path.value = location.pathname;
});

function routeOf(pathname: string): Route {
  if (pathname === '/' || pathname === '/index.html') return { view: 'catalogue' };
  if (pathname === '/board' || pathname === '/days') {
    return { view: pathname === '/board' ? 'board' : 'days' };
  }
  const code = /^\/p\/([^/]+)$/.exec(pathname)?.[1];
  return code === undefined ? { view: 'unknown' } : { view: 'product', code: decoded(code) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray percent sign: the text as it is names no treasure, and the page says so.
    return part;
  }
}

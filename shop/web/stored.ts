/** What the browser keeps of a choice. Where it keeps nothing, choices last for the page. */
export function stored(key: string, place: () => Storage = () => localStorage): string | null {
  try {
    return place().getItem(key);
  } catch {
    // A browser that keeps nothing for this site refuses even to look.
    return null;
  }
}

/** Keeps a choice, if the browser keeps anything. */
export function store(key: string, value: string, place: () => Storage = () => localStorage): void {
  try {
    place().setItem(key, value);
  } catch {
    // Refused or full: the choice is still the page's, until it is closed.
  }
}

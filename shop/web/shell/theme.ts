import { effect, signal } from '@preact/signals';
import { store, stored } from '../stored.ts';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** The chosen colours; `auto` follows the system. */
export const theme = signal<Theme>(storedTheme());

export function chooseTheme(chosen: Theme): void {
  store('theme', chosen);
  theme.value = chosen;
}

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

function storedTheme(): Theme {
  const kept = stored('theme');
  return themes.find((known) => known === kept) ?? 'auto';
}

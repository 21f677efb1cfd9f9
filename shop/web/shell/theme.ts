import { effect, signal } from '@preact/signals';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** The chosen colours; `auto` follows the system. */
export const theme = signal<Theme>(storedTheme());

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem('theme', chosen);
  theme.value = chosen;
}

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

function storedTheme(): Theme {
  const stored = localStorage.getItem('theme');
  return themes.find((known) => known === stored) ?? 'auto';
}

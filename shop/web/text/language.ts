import { computed, effect, signal } from '@preact/signals';
import { store, stored } from '../stored.ts';

export type Language = 'ko' | 'en';

/** The reader's language: from the address, else as chosen before, else the browser's. */
export const language = signal<Language>(firstLanguage());

/** The locale for numbers and dates. */
export const locale = computed(() => (language.value === 'ko' ? 'ko-KR' : 'en-GB'));

/** Switches the language and keeps the choice in the address and in the browser. */
export function chooseLanguage(chosen: Language): void {
  const url = new URL(location.href);
  url.searchParams.set('lang', chosen);
  history.replaceState(history.state, '', url);
  store('language', chosen);
  language.value = chosen;
}

effect(() => {
  document.documentElement.lang = language.value;
});

function firstLanguage(): Language {
  const wanted = [
    new URLSearchParams(location.search).get('lang'),
    stored('language'),
    navigator.language.slice(0, 2),
  ];
  for (const candidate of wanted) {
    if (candidate === 'ko' || candidate === 'en') return candidate;
  }
  return 'en';
}

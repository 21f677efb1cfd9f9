import { computed } from '@preact/signals';
import { en } from './en.ts';
import { ko } from './ko.ts';
import { language } from './language.ts';

/** What the page says, in the reader's language. */
export const text = computed(() => (language.value === 'ko' ? ko : en));

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The page: one script, one style sheet, nothing from other hosts. */
export default defineConfig({
  root: fileURLToPath(new URL('web', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('dist/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    // Files of their own, never data in the style sheet: the page's content policy forbids those.
    assetsInlineLimit: 0,
  },
});

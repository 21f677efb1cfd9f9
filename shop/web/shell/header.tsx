import type { ComponentChildren } from 'preact';
import { line } from '../live/live.ts';
import { Choice } from '../parts/choice.tsx';
import { formatDate } from '../text/format.ts';
import { chooseLanguage, language } from '../text/language.ts';
import { text } from '../text/text.ts';
import { shopDay, shopTime, shopZone } from './clock.ts';
import { type Route, route } from './router.ts';
import { chooseTheme, theme, themes } from './theme.ts';
import { isReplay } from './world.ts';

/** The name of the shop, its pages, the reader's choices and the state of the line. */
export function Header() {
  const t = text.value;
  return (
    <header class="header">
      <a class="brand" href="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M9 7h14l5 7-12 13L4 14z" fill="var(--gold)" />
          <path d="M9 7l7 7 7-7M4 14h24M16 14v13" />
        </svg>
        {t.shop}
      </a>
      <nav class="nav" aria-label={t.nav}>
        <PageLink href="/" view="catalogue">
          {t.treasures}
        </PageLink>
        <PageLink href="/board" view="board">
          {t.board}
        </PageLink>
        <PageLink href="/days" view="days">
          {t.days}
        </PageLink>
      </nav>
      <div class="settings">
        <Choice
          label={t.chooseLanguage}
          options={[
            { value: 'ko', label: '한국어' },
            { value: 'en', label: 'EN' },
          ]}
          chosen={language.value}
          choose={chooseLanguage}
        />
        <ThemeButton />
      </div>
      <LineMark />
    </header>
  );
}

function PageLink(props: {
  readonly href: string;
  readonly view: Route['view'];
  readonly children: ComponentChildren;
}) {
  const here = route.value.view === props.view;
  return (
    <a href={props.href} aria-current={here ? 'page' : undefined}>
      {props.children}
    </a>
  );
}

/** Goes through system, light and dark. */
function ThemeButton() {
  const t = text.value.theme;
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'auto';
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`${t.label}: ${t[theme.value]}`}
      title={`${t.label}: ${t[theme.value]}`}
      onClick={() => chooseTheme(next)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <ThemeSign />
      </svg>
    </button>
  );
}

function ThemeSign() {
  switch (theme.value) {
    case 'auto':
      return (
        <>
          <circle cx="12" cy="12" r="8" />
          <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
        </>
      );
    case 'light':
      return (
        <>
          <circle cx="12" cy="12" r="4" />
          <path d="M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2" />
        </>
      );
    case 'dark':
      return <path d="M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z" />;
  }
}

/** Whether what is shown is live, and what time it is in the shop. */
function LineMark() {
  const t = text.value;
  const kind = line.state.value.kind;
  const isOld = isReplay();
  const words = {
    open: isOld ? t.replayed : t.live,
    connecting: t.connecting,
    closed: t.offline,
    outdated: t.offline,
  };
  return (
    <p class={`line-mark ${kind}`}>
      <span class="dot" />
      <span role="status">{words[kind]}</span>
      <time title={t.zone(shopZone.value)}>
        {isOld ? formatDate(shopDay.value) : shopTime} <small>{shopZone}</small>
      </time>
    </p>
  );
}

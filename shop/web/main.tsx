import { render } from 'preact';
import { startLive } from './live/live.ts';
import { App } from './shell/app.tsx';
import { loadCatalogue } from './shell/catalogue-state.ts';
import { followWorld } from './shell/world.ts';

const place = document.getElementById('shop');
if (place !== null) render(<App />, place);
startLive();
followWorld();
void loadCatalogue();

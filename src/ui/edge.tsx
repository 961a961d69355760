// First: it says in which order the layers of all other styles count.
import './style/tokens.css';
import './style/base.css';
import { render } from 'preact';
import { openStream } from './live/stream.js';
import type { Page } from './router/page-view.js';
import { Shell } from './shell/shell.js';
import { showShortcuts } from './shell/shortcuts.js';

const pages: readonly Page[] = [
  {
    pattern: [':view?'],
    section: 'routes',
    title: () => 'Routes',
    load: () => import('./pages/routes/routes-page.js'),
  },
];
const stream = openStream('ekiden/v1/events', { on: {} });

function Edge() {
  return (
    <Shell
      name="Ekiden"
      pages={pages}
      stream={stream}
      navigation={[{ section: 'routes', text: 'Routes', href: '#/' }]}
      shortcuts={[{ keys: '?', text: 'These shortcuts', act: showShortcuts }]}
    />
  );
}

const element = document.getElementById('page');
if (element !== null) render(<Edge />, element);

// First: it says in which order the layers of all other styles count.
import './style/tokens.css';
import './style/base.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import type { EdgeStatus } from './api/edge-status.js';
import { Notice } from './components/notice.js';
import { webUrl } from './components/web-url.js';
import { request } from './http/request.js';
import { ownEdge, schedulerUi } from './pages/routes/own-edge.js';
import { viewTabs } from './pages/routes/view-tabs.js';
import { go } from './router/place.js';
import type { Page } from './router/page-view.js';
import { Shell } from './shell/shell.js';
import { focusSearch, showShortcuts } from './shell/shortcuts.js';

const { live, href } = ownEdge();
const load = () => import('./pages/routes/own-edge-page.js');
const tabs = viewTabs(href);

const pages: readonly Page[] = [
  // `#/main` was the address of Bamboo's page
  ...tabs.map(({ id, text }) => ({ pattern: [id], section: id, title: () => text, load })),
  { pattern: [], section: 'main', title: () => 'Rules', load },
  { pattern: ['rule'], section: 'main', title: () => 'Rule', load },
];

const shortcuts = [
  { keys: 'c', text: 'New rule', act: () => go(['rule']) },
  { keys: '/', text: 'Search this page', act: focusSearch },
  { keys: 'g m', text: 'Rules', act: () => go(['main']) },
  { keys: 'g t', text: 'Try a request', act: () => go(['try']) },
  { keys: 'g a', text: 'All routes', act: () => go(['all']) },
  { keys: 'g i', text: 'History', act: () => go(['history']) },
  { keys: 'g h', text: 'HAProxy', act: () => go(['haproxy']) },
  { keys: '?', text: 'These shortcuts', act: showShortcuts },
];

// The scheduler may become another one: its address is read again with every change of the state.
let known = '';
effect(() => {
  const { process, status } = live.revisions.value ?? { process: '', status: 0 };
  if (process === '' || known === `${process}:${status}`) return;
  known = `${process}:${status}`;
  request<EdgeStatus>('ekiden/v1/status').then(
    ({ scheduler }) => {
      const url = webUrl(scheduler);
      schedulerUi.value = url === undefined ? undefined : new URL('/ui/', url).href;
    },
    // What was known stays; the view of HAProxy says what is wrong.
    () => undefined,
  );
});

function Edge() {
  return (
    <Shell
      name="Ekiden load balancer"
      pages={pages}
      stream={live}
      shortcuts={shortcuts}
      navigation={[
        ...tabs.map(({ id, text, href: own }) => ({ section: id, text, href: own })),
        ...(schedulerUi.value === undefined
          ? []
          : [{ section: 'scheduler', text: 'Scheduler ↗', href: schedulerUi.value }]),
      ]}
    >
      {live.refusal.value === undefined ? null : (
        <Notice level="warning" title="The load balancer refuses the live stream">
          {live.refusal.value}
        </Notice>
      )}
    </Shell>
  );
}

const element = document.getElementById('page');
if (element !== null) render(<Edge />, element);

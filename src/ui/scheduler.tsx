// First: it says in which order the layers of all other styles count.
import './style/tokens.css';
import './style/base.css';
import { render } from 'preact';
import { countText } from './components/text.js';
import { Notice } from './components/notice.js';
import { go } from './router/place.js';
import { links } from './router/links.js';
import { pages } from './pages/pages.js';
import { Shell } from './shell/shell.js';
import { focusSearch, showShortcuts } from './shell/shortcuts.js';
import { deployments, followScheduler, scheduler } from './stores/overview.js';

const stream = followScheduler();

const shortcuts = [
  { keys: 'c', text: 'Create an application', act: () => go(['newapp']) },
  { keys: '/', text: 'Search this page', act: focusSearch },
  { keys: 'g a', text: 'Applications', act: () => go(['apps']) },
  { keys: 'g d', text: 'Deployments', act: () => go(['deployments']) },
  { keys: 'g q', text: 'Queue', act: () => go(['queue']) },
  { keys: 'g n', text: 'Nodes', act: () => go(['nodes']) },
  { keys: 'g s', text: 'DNS', act: () => go(['dns']) },
  { keys: 'g r', text: 'Routes', act: () => go(['routes']) },
  { keys: 'g e', text: 'Events', act: () => go(['events']) },
  { keys: '?', text: 'These shortcuts', act: showShortcuts },
];

function Scheduler() {
  const running = deployments.value.length;
  const queued = scheduler.value?.queued ?? 0;
  return (
    <Shell
      name="Ekiden"
      pages={pages}
      stream={stream}
      shortcuts={shortcuts}
      navigation={[
        { section: 'apps', text: 'Applications', href: links.applications() },
        {
          section: 'deployments',
          text: 'Deployments',
          href: links.deployments(),
          badge: { count: running, what: `${countText(running, 'deployment')} under way` },
        },
        {
          section: 'queue',
          text: 'Queue',
          href: links.queue(),
          badge: { count: queued, what: `${countText(queued, 'application')} waiting` },
        },
        { section: 'nodes', text: 'Nodes', href: links.nodes() },
        { section: 'dns', text: 'DNS', href: links.dns() },
        { section: 'routes', text: 'Routes', href: links.routes() },
        { section: 'events', text: 'Events', href: links.events() },
        { section: 'about', text: 'About', href: links.about() },
      ]}
    >
      {scheduler.value?.connected === false ? (
        <Notice level="warning" title="The scheduler is not connected with Mesos">
          What runs goes on running. Nothing is launched or killed until a master is found again.
        </Notice>
      ) : null}
    </Shell>
  );
}

const element = document.getElementById('page');
if (element !== null) render(<Scheduler />, element);

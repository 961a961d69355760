import type { Page } from '../router/page-view.js';

const id = (params: Readonly<Record<string, string>>): string => params['id'] ?? '';

/** The pages of the scheduler's interface. */
export const pages: readonly Page[] = [
  {
    pattern: [],
    section: 'apps',
    title: () => 'Applications',
    load: () => import('./applications/applications-page.js'),
  },
  {
    pattern: ['apps'],
    section: 'apps',
    title: () => 'Applications',
    load: () => import('./applications/applications-page.js'),
  },
  { pattern: ['group', ':id'], section: 'apps', title: id, load: () => import('./applications/applications-page.js') },
  { pattern: ['apps', ':id', ':tab?'], section: 'apps', title: id, load: () => import('./app/app-page.js') },
  {
    pattern: ['apps', ':id', 'tasks', ':task'],
    section: 'apps',
    title: (params) => params['task'] ?? '',
    load: () => import('./app/task-page.js'),
  },
  { pattern: ['newapp'], section: 'apps', title: () => 'New application', load: () => import('./edit/edit-page.js') },
  {
    pattern: ['edit', ':id'],
    section: 'apps',
    title: (params) => `Edit ${id(params)}`,
    load: () => import('./edit/edit-page.js'),
  },
  {
    pattern: ['deployments'],
    section: 'deployments',
    title: () => 'Deployments',
    load: () => import('./deployments/deployments-page.js'),
  },
  { pattern: ['queue'], section: 'queue', title: () => 'Queue', load: () => import('./queue/queue-page.js') },
  { pattern: ['nodes'], section: 'nodes', title: () => 'Nodes', load: () => import('./nodes/nodes-page.js') },
  { pattern: ['dns', ':name?'], section: 'dns', title: () => 'DNS', load: () => import('./dns/dns-page.js') },
  {
    pattern: ['routes', ':view?'],
    section: 'routes',
    title: () => 'Routes',
    load: () => import('./routes/routes-page.js'),
  },
  { pattern: ['events'], section: 'events', title: () => 'Events', load: () => import('./events/events-page.js') },
  { pattern: ['about'], section: 'about', title: () => 'About', load: () => import('./about/about-page.js') },
  { pattern: ['welcome'], section: 'apps', title: () => 'Welcome', load: () => import('./welcome/welcome-page.js') },
];

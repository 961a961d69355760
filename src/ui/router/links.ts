import { fragmentOf } from './match.js';

/** Where things are shown. The addresses of Marathon's own interface lead to the same things here. */
export const links = {
  applications: (query?: Readonly<Record<string, string | undefined>>) => fragmentOf(['apps'], query),
  group: (id: string) => (id === '/' ? fragmentOf(['apps']) : fragmentOf(['group', id])),
  app: (id: string, tab?: string) => fragmentOf(tab === undefined ? ['apps', id] : ['apps', id, tab]),
  /** A task of an app: its details and its sandbox. */
  task: (id: string, taskId: string, query?: Readonly<Record<string, string | undefined>>) =>
    fragmentOf(['apps', id, 'tasks', taskId], query),
  create: (query?: Readonly<Record<string, string | undefined>>) => fragmentOf(['newapp'], query),
  edit: (id: string, query?: Readonly<Record<string, string | undefined>>) => fragmentOf(['edit', id], query),
  deployments: () => fragmentOf(['deployments']),
  queue: () => fragmentOf(['queue']),
  nodes: (host?: string) => fragmentOf(['nodes'], { host }),
  dns: (name?: string) => fragmentOf(name === undefined ? ['dns'] : ['dns', name]),
  routes: (query?: Readonly<Record<string, string | undefined>>) => fragmentOf(['routes'], query),
  events: (query?: Readonly<Record<string, string | undefined>>) => fragmentOf(['events'], query),
  about: () => fragmentOf(['about']),
  welcome: () => fragmentOf(['welcome']),
};

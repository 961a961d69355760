import type { ChangedRoute, RouteSource, RuntimeChange } from '../../api/routing.js';

/** Who wants a route, for people. */
export function sourceText(source: RouteSource): string {
  switch (source.kind) {
    case 'rule':
      return `rule of ${source.id}`;
    case 'label':
      return `labels of ${source.app}, port ${source.portIndex}`;
    case 'default':
      return `default rule of ${source.app}`;
  }
}

/** What HAProxy would be told, one line for each thing. */
export function runtimeLines(change: RuntimeChange): string[] {
  switch (change.kind) {
    case 'change-map':
      return [
        ...Object.entries(change.entries).map(([key, value]) =>
          value === null ? `del map ${change.file} ${key}` : `set map ${change.file} ${key} ${value}`,
        ),
        ...(change.total > Object.keys(change.entries).length
          ? [`and ${change.total - Object.keys(change.entries).length} more of ${change.file}`]
          : []),
      ];
    case 'add-server':
      return [`add server ${change.backend}/${change.server} ${change.endpoint}`];
    case 'withdraw-server':
      return [`withdraw server ${change.backend}/${change.server} ${change.endpoint}`];
    case 'set-address':
      return [`set server ${change.backend}/${change.server} addr ${change.endpoint}`];
    case 'set-state':
      return [`set server ${change.backend}/${change.server} state ${change.state}`];
    case 'set-weight':
      return [`set server ${change.backend}/${change.server} weight ${change.weight}`];
  }
}

/** A request that a changed route is about: `ghost.local/`. */
export function exampleText({ host, path }: NonNullable<ChangedRoute['example']>): string {
  return `${host ?? ''}${path}`;
}

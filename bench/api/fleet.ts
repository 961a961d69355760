import type { LoadRequest } from '../support/load.js';
import { askJson } from '../support/load.js';
import type { SchedulerChild } from '../support/scheduler-child.js';

/** An app as it is posted: a web service as teams have them. */
export function appBody(id: string, changes: object = {}): object {
  return {
    id,
    cmd: `exec java -Xmx48m -jar service.jar --port $PORT0 --profile production`,
    cpus: 0.1,
    mem: 64,
    instances: 1,
    env: { SERVICE_NAME: id, LOG_LEVEL: 'info', DATABASE_URL: 'postgres://db.service.consul:5432/main' },
    labels: { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: 'service.example.com', owner: 'team-web' },
    portDefinitions: [{ port: 0, protocol: 'tcp', name: 'http' }],
    fetch: [{ uri: 'https://artifacts.example.com/service-1.2.3.tar.gz' }],
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0.5 },
    ...changes,
  };
}

/** The apps of the benchmark: ten groups, in each ten groups, in each the same number of apps. */
export interface Fleet {
  readonly appsPerGroup: number;
  /** The id of one app: `group` 0…99, `app` below `appsPerGroup`. */
  appId(group: number, app: number): string;
  groupId(group: number): string;
  /** The body of one of the hundred groups; `changed`: the number of an app that is not as the others are. */
  groupBody(group: number, changed?: { readonly app: number; readonly changes: object }): object;
}

export function fleetOf(apps: number): Fleet {
  const appsPerGroup = Math.max(1, Math.ceil(apps / 100));
  const groupId = (group: number): string => `/b${Math.floor(group / 10)}/g${group % 10}`;
  return {
    appsPerGroup,
    groupId,
    appId: (group, app) => `${groupId(group)}/app-${app}`,
    groupBody: (group, changed) => ({
      id: groupId(group),
      apps: Array.from({ length: appsPerGroup }, (_, app) =>
        appBody(`${groupId(group)}/app-${app}`, app === changed?.app ? changed.changes : {}),
      ),
    }),
  };
}

export function putJson(path: string, body: object): LoadRequest {
  return { method: 'PUT', path, body: JSON.stringify(body) };
}

/** Creates the groups from `from` up to, without it, `to`, and waits until all of their apps run. */
export async function fill(scheduler: SchedulerChild, fleet: Fleet, from: number, to: number): Promise<void> {
  for (let group = from; group < to; group++) {
    await askJson(scheduler.url, putJson(`/v2/groups${fleet.groupId(group)}`, fleet.groupBody(group)));
  }
  await scheduler.quiet();
}

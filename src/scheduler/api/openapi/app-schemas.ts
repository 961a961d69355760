import { Type } from 'typebox';
import { appProperties } from '../../core/validate/app-schema.js';
import { count, optional, pathId, text, timestamp } from './common-schemas.js';
import { taskFailureSchema, taskSchema, taskStatsSchema } from './task-schemas.js';

export const versionInfoSchema = Type.Object(
  { lastScalingAt: timestamp, lastConfigChangeAt: timestamp },
  { $id: 'VersionInfo' },
);

export const readinessResultSchema = Type.Object(
  {
    name: text,
    taskId: text,
    ready: Type.Boolean(),
    lastResponse: optional(Type.Object({ status: count, contentType: text, body: text })),
  },
  { $id: 'ReadinessCheckResult' },
);

const { id: _id, version: _version, ipAddress, ports, uris, ...canonical } = appProperties;

/** An app as it is answered: old forms are converted, defaults filled in, empty collections mostly left out. */
export const appInfoSchema = Type.Object(
  {
    id: pathId,
    ...canonical,
    version: timestamp,
    versionInfo: versionInfoSchema,
    tasksStaged: optional(count),
    tasksRunning: optional(count),
    tasksHealthy: optional(count),
    tasksUnhealthy: optional(count),
    deployments: optional(Type.Array(Type.Object({ id: text }), { description: 'Deployments that change the app.' })),
    readinessCheckResults: optional(Type.Array(readinessResultSchema)),
    tasks: optional(Type.Array(taskSchema)),
    lastTaskFailure: optional(taskFailureSchema),
    taskStats: optional(taskStatsSchema),
  },
  { $id: 'AppInfo' },
);

export const exampleApp = {
  id: '/shop/web',
  cmd: 'python3 -m http.server $PORT0',
  cpus: 0.1,
  mem: 32,
  instances: 2,
  portDefinitions: [{ port: 0, name: 'http' }],
  healthChecks: [{ protocol: 'HTTP', path: '/', portIndex: 0, gracePeriodSeconds: 30 }],
};

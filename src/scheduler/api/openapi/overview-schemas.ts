import { Type } from 'typebox';
import { count, optional, pathId, text, timestamp } from './common-schemas.js';

const nullable = <S extends Parameters<typeof Type.Optional>[0]>(schema: S) => Type.Union([schema, Type.Null()]);
const amount = Type.Number({ minimum: 0, description: 'What one instance asks for.' });

const countsSchema = Type.Object(
  {
    healthy: count,
    unhealthy: count,
    unknown: Type.Integer({ minimum: 0, description: 'They run without checks, without results, or on a lost agent.' }),
    staged: count,
    overCapacity: Type.Integer({ minimum: 0, description: 'They run, and are more than wanted.' }),
    unscheduled: Type.Integer({ minimum: 0, description: 'They are wanted and not there.' }),
  },
  { $id: 'InstanceCounts', description: 'Each instance counts once.' },
);

const overviewAppSchema = Type.Object(
  {
    id: pathId,
    kind: Type.Enum(['app', 'pod'], { type: 'string' }),
    status: Type.Enum(['Running', 'Deploying', 'Suspended', 'Delayed', 'Waiting'], { type: 'string' }),
    instances: Type.Integer({ minimum: 0, description: 'Wanted.' }),
    counts: countsSchema,
    cpus: amount,
    mem: amount,
    disk: amount,
    gpus: amount,
    labels: Type.Record(text, text, { description: 'The first 64, and the first 200 characters of each.' }),
    version: timestamp,
    runs: Type.String({ description: 'Its image, or else the beginning of its command.' }),
    deployment: nullable(text),
    delayedUntil: nullable(timestamp),
    draining: Type.Integer({
      minimum: 0,
      description: 'Instances that edges are to let go of before they are killed.',
    }),
    revision: Type.Integer({ minimum: 0, description: 'Grows whenever anything of it or its instances has changed.' }),
  },
  { $id: 'OverviewApp' },
);

const action = { action: text, app: pathId };

const overviewDeploymentSchema = Type.Object(
  {
    id: text,
    version: timestamp,
    startedAt: nullable(timestamp),
    affectedApps: Type.Array(pathId, { description: 'Apps and pods.' }),
    currentStep: Type.Integer({ minimum: 1 }),
    totalSteps: Type.Integer({ minimum: 1 }),
    steps: Type.Array(
      Type.Object({
        actions: Type.Array(Type.Object(action)),
        more: optional(Type.Integer({ minimum: 1, description: 'Actions that are left out.' })),
      }),
    ),
    currentActions: Type.Array(
      Type.Object({
        ...action,
        done: Type.Integer({
          minimum: 0,
          description: 'Instances that are as they are to be, or gone if they are to be.',
        }),
        wanted: count,
        waitsFor: nullable(text),
      }),
      { description: 'Of the step under way.' },
    ),
    more: optional(
      Type.Object({ apps: count, steps: count, actions: count }, { description: 'How much of each list is left out.' }),
    ),
  },
  { $id: 'OverviewDeployment' },
);

const overviewSchedulerSchema = Type.Object(
  {
    connected: Type.Boolean(),
    master: nullable(text),
    frameworkId: nullable(text),
    queued: Type.Integer({ minimum: 0, description: 'Apps and pods that wait for offers, or for a delay to pass.' }),
  },
  { $id: 'OverviewScheduler' },
);

const all = {
  apps: Type.Array(overviewAppSchema),
  groups: Type.Array(pathId, { description: 'All of them.' }),
  deployments: Type.Array(overviewDeploymentSchema, { description: 'All of them.' }),
  scheduler: overviewSchedulerSchema,
};

const overviewSnapshotSchema = Type.Object(
  {
    epoch: Type.String({ description: 'Of this leadership.' }),
    first: Type.Boolean({
      description: 'What was known before does not count any more when the snapshot is complete.',
    }),
    complete: Type.Boolean({ description: 'It is the last message of the snapshot.' }),
    ...all,
  },
  { $id: 'OverviewSnapshot', description: 'The groups are in the first message, the deployments in the last.' },
);

const overviewChangeSchema = Type.Object(
  {
    apps: all.apps,
    removedApps: Type.Array(pathId),
    groups: optional(all.groups),
    deployments: optional(all.deployments),
    scheduler: optional(all.scheduler),
  },
  { $id: 'OverviewChange', description: 'What is left out is as it was.' },
);

export const overviewMessageSchema = Type.Union([overviewSnapshotSchema, overviewChangeSchema]);

const timelineEntrySchema = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: 'Unique in this leadership, growing.' }),
    at: timestamp,
    kind: Type.Enum(['deployment', 'instance', 'health', 'kill', 'delay', 'definition', 'drain'], { type: 'string' }),
    level: Type.Enum(['info', 'good', 'warning', 'bad'], { type: 'string' }),
    text,
    why: nullable(text),
    instance: nullable(text),
    task: nullable(text),
    host: nullable(text),
    deployment: nullable(text),
    version: nullable(timestamp),
  },
  { $id: 'TimelineEntry' },
);

export const timelineSchema = Type.Object(
  {
    since: Type.String({
      format: 'date-time',
      description:
        'From when on everything is known: the beginning of this leadership, or later where more has happened than is kept.',
    }),
    entries: Type.Array(timelineEntrySchema, { description: 'The newest first.' }),
  },
  { $id: 'Timeline' },
);

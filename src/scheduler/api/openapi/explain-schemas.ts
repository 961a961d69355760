import { Type } from 'typebox';
import { count, optional, pathId, text, timestamp } from './common-schemas.js';
import { constraint, refusalSchema } from './refusal-schemas.js';

const agents = Type.Array(Type.Object({ agentId: text, hostname: text }), { description: 'At most 100 of them.' });

const suggestionSchema = Type.Object(
  {
    text,
    changes: Type.Array(
      Type.Object({
        field: Type.Enum(['cpus', 'mem', 'disk', 'gpus', 'constraints', 'acceptedResourceRoles', 'hostPorts'], {
          type: 'string',
        }),
        container: optional(Type.String({ description: 'Of a pod: the one that asks for less.' })),
        from: optional(Type.Number()),
        to: optional(Type.Union([Type.Number(), Type.Array(text)])),
        removed: optional(constraint),
        anyInPlaceOf: optional(Type.Array(Type.Integer(), { description: 'Any ports in place of these.' })),
      }),
      { description: 'All of them together.' },
    ),
    fits: Type.Integer({ minimum: 1, description: 'How many agents would take an instance then.' }),
    agents,
  },
  { $id: 'Suggestion' },
);

const endCauses = [
  ...['scaledDown', 'replaced', 'deleted', 'unhealthy', 'requested', 'launchOverdue', 'reservationOverdue'],
  ...['containerEnded', 'unreachable', 'exited', 'killed', 'lost'],
];

const endedSchema = Type.Object(
  {
    instanceId: text,
    taskId: text,
    agentId: text,
    host: text,
    version: timestamp,
    startedAt: optional(timestamp),
    endedAt: timestamp,
    text,
    cause: Type.Object({
      type: Type.Enum(endCauses, { type: 'string' }),
      deploymentId: optional(text),
      failures: optional(count),
      message: optional(text),
      condition: optional(text),
      container: optional(text),
      since: optional(timestamp),
    }),
    condition: text,
    state: optional(text),
    reason: optional(text),
    message: optional(text),
  },
  { $id: 'EndedInstance' },
);

const waitSchema = Type.Object(
  {
    app: optional(pathId),
    pod: optional(pathId),
    action: text,
    text,
    wanted: count,
    present: Type.Integer({ minimum: 0, description: 'Launched, and to run on: of a restart, the new ones.' }),
    healthy: count,
    ready: count,
    ending: count,
    draining: count,
    artifacts: Type.Array(text),
  },
  { $id: 'DeploymentWait' },
);

export const explanationSchema = Type.Object(
  {
    appId: pathId,
    version: timestamp,
    instances: count,
    live: count,
    waiting: count,
    since: optional(timestamp),
    reasons: Type.Array(text, { description: 'Sentences, the most decisive first.' }),
    suggestions: Type.Array(suggestionSchema, {
      description:
        'The smallest changes by which at least one of the agents below would fit, the best first; each was tried on them.',
    }),
    fixedPorts: optional(
      Type.Array(Type.Object({ port: Type.Integer(), freeOn: Type.Array(text, { description: 'Hostnames.' }) })),
    ),
    connected: Type.Boolean({ description: 'To a Mesos master.' }),
    delay: optional(
      Type.Object({
        until: timestamp,
        timeLeftSeconds: count,
        overdue: Type.Boolean(),
        delaySeconds: Type.Number({ minimum: 0 }),
        failures: Type.Integer({ minimum: 0, description: 'Of the ends below, those that it comes from.' }),
        lastFailure: optional(endedSchema),
      }),
    ),
    deployment: optional(
      Type.Object(
        {
          id: text,
          step: Type.Integer({ minimum: 1, description: 'The one under way.' }),
          steps: count,
          ownStep: optional(Type.Integer({ minimum: 1, description: 'Where it is the turn of this app or pod.' })),
          waiting: Type.Integer({ minimum: 0, description: 'Actions of the step that are not done.' }),
          waitsFor: Type.Array(waitSchema, { description: 'The first of them, at most 20.' }),
        },
        { description: 'The deployment that is at work on it, and what that waits for.' },
      ),
    ),
    offers: optional(
      Type.Object({
        processed: count,
        unused: count,
        lastUsedAt: optional(timestamp),
        lastUnusedAt: optional(timestamp),
      }),
    ),
    agents: Type.Array(
      Type.Object({ agentId: text, hostname: text, at: timestamp, refusals: Type.Array(refusalSchema) }),
      { description: 'The last offer of each agent that was refused, with every reason; at most 100.' },
    ),
    ended: Type.Array(endedSchema, {
      description: 'The last instances that have ended, the latest first; at most 20, since this process leads.',
    }),
  },
  { $id: 'Explanation' },
);

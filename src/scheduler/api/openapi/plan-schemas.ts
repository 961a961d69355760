import { Type } from 'typebox';
import { edgeName, edgeRole } from '../../core/validate/receipt-schema.js';
import { appSchema } from '../../core/validate/app-schema.js';
import { groupUpdateSchema } from '../../core/validate/group-schema.js';
import { podSchema } from '../../core/validate/pods/pod-schema.js';
import { count, optional, pathId, text } from './common-schemas.js';
import { stepSchema } from './deployment-schemas.js';
import { refusalSchema } from './refusal-schemas.js';

/** Exactly one of its members. */
export const planRequestSchema = Type.Object(
  {
    app: optional(appSchema),
    apps: optional(Type.Array(appSchema)),
    group: optional(groupUpdateSchema),
    pod: optional(podSchema),
  },
  { $id: 'PlanRequest', minProperties: 1, maxProperties: 1 },
);

const differences = Type.Array(
  Type.Object({
    path: Type.String({ description: 'JSON Pointer (RFC 6901).', examples: ['/env/HOME'] }),
    from: optional(Type.Unknown({ description: 'Absent: there was nothing.' })),
    to: optional(Type.Unknown({ description: 'Absent: there is nothing any more.' })),
  }),
);

const landing = Type.Object({ agentId: text, hostname: text, instances: count });

const placementSchema = Type.Object(
  {
    wanted: Type.Integer({ minimum: 0, description: 'Instances that have to be launched.' }),
    placed: count,
    missing: Type.Integer({ minimum: 0, description: 'Those for which nothing was found, with those not tried.' }),
    untried: Type.Integer({ minimum: 0, description: 'A plan tries at most 1000 instances.' }),
    agents: Type.Array(landing, { description: 'Where they would be launched.' }),
    refusingAgents: Type.Integer({ minimum: 0, description: 'Agents that take no further one, if any is missing.' }),
    refusing: Type.Array(Type.Object({ agentId: text, hostname: text, refusals: Type.Array(refusalSchema) }), {
      description: 'At most 100 of them, with every reason.',
    }),
  },
  { $id: 'PlannedPlacement' },
);

const definition = Type.Object(
  {},
  { additionalProperties: true, description: 'As Marathon shows it, defaults filled in.' },
);

const changeSchema = Type.Object(
  {
    app: optional(pathId),
    pod: optional(pathId),
    effect: Type.Enum(['create', 'scale', 'restart', 'delete'], {
      type: 'string',
      description: '`restart`: every instance is replaced; `scale`: those that run go on.',
    }),
    summary: text,
    instances: Type.Object({ from: count, to: count, running: count }),
    definition: optional(definition),
    differences: optional(differences),
    placement: optional(placementSchema),
  },
  { $id: 'PlannedChange' },
);

const edgePlanSchema = Type.Object(
  {
    edge: edgeName,
    role: edgeRole,
    plan: optional(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description:
            "The edge's own answer to POST /ekiden/v1/plan: records of a name server, or HAProxy's configuration.",
        },
      ),
    ),
    error: optional(Type.String({ description: 'Why it has not said what it would do.' })),
  },
  { $id: 'EdgePlan' },
);

export const planAnswerSchema = Type.Object(
  {
    changes: Type.Array(changeSchema),
    groups: Type.Array(
      Type.Object({
        group: pathId,
        effect: Type.Enum(['create', 'change', 'delete'], { type: 'string' }),
        differences: optional(differences),
      }),
    ),
    steps: Type.Array(stepSchema, { description: 'Of the deployment, as with dryRun.' }),
    conflicts: Type.Object({
      deployments: Type.Array(Type.Object({ id: text }), {
        description: 'Those in the way: the change would be refused (409), or cancel them with force=true.',
      }),
      deploymentLimit: optional(
        Type.Integer({
          minimum: 0,
          description: 'So many deployments run, and no more may: the change would be refused (403).',
        }),
      ),
    }),
    agents: Type.Object({
      known: Type.Boolean(),
      count: optional(count),
      reason: optional(Type.String({ description: 'Why the agents are not known, and no placement is told.' })),
    }),
    edges: optional(
      Type.Array(edgePlanSchema, {
        description: 'What each live edge would do. Absent with edges=false, and for those who may not view events.',
      }),
    ),
  },
  { $id: 'Plan' },
);

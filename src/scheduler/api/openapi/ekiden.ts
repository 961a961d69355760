import { Type } from 'typebox';
import { count, optional, pathId, text, timestamp } from './common-schemas.js';
import { flag, json, text as textParameter } from './operation.js';
import type { Resource } from './operation.js';
import { planAnswerSchema, planRequestSchema } from './plan-schemas.js';
import { refusalSchema } from './refusal-schemas.js';

const explanationSchema = Type.Object(
  {
    appId: pathId,
    version: timestamp,
    instances: count,
    live: count,
    waiting: count,
    since: optional(timestamp),
    reasons: Type.Array(text, { description: 'Sentences, the most decisive first.' }),
    unplaceable: Type.Array(text, { description: 'Members of the definition that nothing here can place.' }),
    connected: Type.Boolean({ description: 'To a Mesos master.' }),
    delay: optional(Type.Object({ until: timestamp, timeLeftSeconds: count, overdue: Type.Boolean() })),
    offers: optional(
      Type.Object({
        processed: count,
        unused: count,
        lastUsedAt: optional(timestamp),
        lastUnusedAt: optional(timestamp),
      }),
    ),
    agents: Type.Array(
      Type.Object({
        agentId: text,
        hostname: text,
        at: timestamp,
        refusals: Type.Array(refusalSchema),
      }),
    ),
    deployment: optional(text),
  },
  { $id: 'Explanation' },
);

export const ekiden: Resource = {
  tag: 'ekiden',
  description: "What Marathon does not have. Discovery and load balancers read the scheduler's state here.",
  paths: {
    '/ekiden/v1/explain/{app_id}': {
      get: {
        id: 'explainApp',
        summary: 'Why an app has fewer instances than it should',
        answers: { 200: json('What is known.', explanationSchema) },
        errors: [404],
      },
    },
    '/ekiden/v1/plan': {
      post: {
        id: 'planChange',
        summary: 'What a change would do, and where its instances would land',
        description:
          'Nothing is changed. What is broken is refused exactly as the real request would be: `app` stands for POST /v2/apps or PUT ' +
          '/v2/apps/{id}, `apps` for PUT /v2/apps, `group` for PUT /v2/groups, `pod` for POST /v2/pods or PUT /v2/pods/{id}. The master is asked ' +
          'for what its agents have free now; what comes free when instances end is not counted.',
        parameters: [
          flag('partialUpdate', true, 'An app is laid over the one that is there, rather than replacing it.'),
        ],
        body: { schema: planRequestSchema, example: { app: { id: '/shop/web', instances: 5 } } },
        answers: { 200: json('What would be done.', planAnswerSchema) },
        errors: [400, 404, 409, 422],
      },
    },
    '/ekiden/v1/catalog/stream': {
      get: {
        id: 'streamCatalog',
        summary: 'What discovery has to know, as a stream',
        description:
          'Server-sent events: a snapshot, or, from a position on that is still known, changes only. The ids are positions.',
        parameters: [
          {
            name: 'Last-Event-ID',
            in: 'header',
            description: 'The position that was reached: epoch:seq.',
            schema: { type: 'string' },
          },
          textParameter('position', 'The same, for those who cannot set headers.'),
        ],
        answers: {
          200: {
            description: 'The stream; data is JSON.',
            content: {
              mediaType: 'text/event-stream',
              schema: Type.Object(
                { type: Type.Enum(['snapshot', 'change'], { type: 'string' }), epoch: text, seq: count },
                { additionalProperties: true },
              ),
            },
          },
        },
      },
    },
  },
};

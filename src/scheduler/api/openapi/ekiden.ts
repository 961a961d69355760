import { Type } from 'typebox';
import { receiptSchema } from '../../core/validate/receipt-schema.js';
import { count, text } from './common-schemas.js';
import { propagationSchema } from './edge-schemas.js';
import { explanationSchema } from './explain-schemas.js';
import { flag, json, text as textParameter } from './operation.js';
import type { Resource } from './operation.js';
import { overviewMessageSchema, timelineSchema } from './overview-schemas.js';
import { planAnswerSchema, planRequestSchema } from './plan-schemas.js';

const leadingSchema = Type.Object({
  leading: Type.Boolean(),
  leader: Type.Union([Type.String({ description: 'host:port' }), Type.Null()]),
});

export const ekiden: Resource = {
  tag: 'ekiden',
  description: "What Marathon does not have. Discovery and load balancers read the scheduler's state here.",
  paths: {
    '/ekiden/v1/explain/{app_id}': {
      get: {
        id: 'explainApp',
        summary: 'Why an app or pod has fewer instances than it should, what would help, and why instances have ended',
        answers: { 200: json('What is known.', explanationSchema) },
        errors: [404],
      },
    },
    '/ekiden/v1/timeline/{app_id}': {
      get: {
        id: 'showTimeline',
        summary: 'What happened to an app or pod, and why',
        description:
          'Kept in memory since this scheduler leads: at most 200 entries of each app or pod, 20,000 of all, an hour of what was deleted.',
        parameters: [textParameter('limit', 'How many entries: 1 to 200, default 200.')],
        answers: { 200: json('What is known.', timelineSchema) },
        errors: [400, 404],
      },
    },
    '/ekiden/v1/overview/stream': {
      get: {
        id: 'streamOverview',
        summary: 'All that the lists of the web interface show, as a stream',
        description:
          'Server-sent events: one `snapshot` in several messages, then a `change` at most every 200 ms that holds only what differs. Each ' +
          'reader is told of what he may view. At most 500 readers; the next one is answered 503. Nothing is sent again: whoever connects ' +
          'gets a snapshot.',
        answers: {
          200: {
            description: 'The stream; data is JSON.',
            content: { mediaType: 'text/event-stream', schema: overviewMessageSchema },
          },
        },
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
          flag('edges', true, 'Name servers and load balancers are asked what they would do; each has two seconds.'),
        ],
        body: { schema: planRequestSchema, example: { app: { id: '/shop/web', instances: 5 } } },
        answers: { 200: json('What would be done.', planAnswerSchema) },
        errors: [400, 404, 409, 422],
      },
    },
    '/ekiden/v1/leading': {
      get: {
        id: 'isLeading',
        summary: 'Whether this scheduler leads, for the checks of load balancers',
        description:
          'No password is asked for. A scheduler that does not lead passes on everything else, and answers this itself.',
        answers: {
          200: json('It leads.', leadingSchema),
          503: json('Another one leads, or none does.', leadingSchema),
        },
      },
    },
    '/ekiden/v1/receipts': {
      post: {
        id: 'sendReceipt',
        summary: 'An edge acts on everything up to a position of the catalog',
        body: { schema: receiptSchema, example: { edge: 'edge1:8053', role: 'dns', epoch: '7', seq: 42 } },
        answers: { 204: { description: 'It is noted.' } },
        errors: [400, 422],
      },
    },
    '/ekiden/v1/propagation': {
      get: {
        id: 'showPropagation',
        summary: 'Which edges there are, and how long the last changes took to each of them',
        parameters: [
          textParameter('app', 'Only changes of this app.'),
          textParameter('role', 'Only edges of this role: dns or lb.'),
          textParameter('limit', 'How many changes: 1 to 512, default 50.'),
        ],
        answers: { 200: json('What is known.', propagationSchema) },
        errors: [400],
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
          textParameter('edge', 'The name of an edge that introduces itself: host:port.'),
          textParameter('role', 'What it is: dns or lb.'),
          textParameter('apiUrl', 'Base URL of its HTTP API.'),
          textParameter('proof', 'A secret of its own, which requests that are forwarded to it bring along.'),
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

import { Type } from 'typebox';
import { verbosities } from '../../../common/log-levels.js';
import { optional, text } from './common-schemas.js';
import { flag, json } from './operation.js';
import type { Answer, Operation, Resource } from './operation.js';

const plainText = { mediaType: 'text/plain', schema: text };

const page: Answer = { description: 'A page.', content: { mediaType: 'text/html', schema: text } };

const levelSchema = Type.Enum([...verbosities], { type: 'string', description: 'In any case.' });

function redirect(id: string, to: string): Operation {
  return { id, summary: `Leads to ${to}`, answers: { 302: { description: 'There.', headers: { Location: to } } } };
}

const metricSchema = Type.Record(Type.String(), Type.Object({}, { additionalProperties: true }));

const metricsSchema = Type.Object(
  {
    version: text,
    counters: metricSchema,
    gauges: metricSchema,
    histograms: metricSchema,
    meters: metricSchema,
    timers: metricSchema,
  },
  { $id: 'Metrics' },
);

const loggerChangeSchema = Type.Object(
  {
    logger: text,
    level: levelSchema,
    durationSeconds: optional(Type.Integer({ minimum: 1, description: 'After this time the level is what it was.' })),
  },
  { $id: 'LoggerChange' },
);

export const system: Resource = {
  tag: 'system',
  description: 'The process itself.',
  paths: {
    '/ping': {
      get: {
        id: 'ping',
        summary: 'Whether the process lives',
        answers: {
          200: {
            description: 'pong',
            content: [plainText, { mediaType: 'text/html', schema: text }, { schema: text, example: 'pong' }],
          },
          204: { description: 'pong, for those who accept none of these types.' },
        },
      },
    },
    '/metrics': {
      get: {
        id: 'getMetrics',
        summary: 'Metrics',
        parameters: [
          flag('seed', false, 'In the names and shape of Marathon 0.15; the default is --metrics_seed_names.'),
        ],
        answers: { 200: json('All of them, at this moment.', metricsSchema) },
      },
    },
    '/metrics/prometheus': {
      get: {
        id: 'getPrometheusMetrics',
        summary: 'Metrics for Prometheus',
        description: 'Needs --metrics_prometheus.',
        answers: { 200: { description: 'All of them, at this moment.', content: plainText } },
        errors: [404],
      },
    },
    '/config': {
      get: {
        id: 'getConfig',
        summary: 'Every flag with the value in force, without secrets',
        answers: {
          200: {
            description: 'The flags by name; as text, lines of name=value.',
            content: [{ schema: Type.Object({}, { additionalProperties: true }) }, plainText],
          },
        },
      },
    },
    '/logging': {
      get: {
        id: 'getLogLevels',
        summary: 'What each part of the process logs',
        answers: { 200: json('Levels by the names of loggers.', Type.Record(Type.String(), text)) },
      },
      post: {
        id: 'setLogLevel',
        summary: 'Make a logger say more or less',
        body: { schema: loggerChangeSchema, example: { logger: 'root', level: 'debug', durationSeconds: 600 } },
        answers: { 200: json('What is changed.', loggerChangeSchema) },
        errors: [400, 422],
      },
    },
    '/': { get: redirect('showRoot', '/ui/') },
    '/ui': { get: { id: 'showUi', summary: 'The web interface', answers: { 200: page } } },
    '/ui/{path}': {
      get: { id: 'getUiFile', summary: 'A file of the web interface', answers: { 200: page }, errors: [404] },
    },
    '/help': { get: redirect('showHelp', '/api-docs') },
    '/api-console': { get: redirect('showApiConsole', '/api-docs') },
    '/api-console/{path}': { get: redirect('showApiConsoleFile', '/api-docs') },
  },
};

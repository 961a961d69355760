import type { FlagTable } from './flag.js';

const commands = ['up', 'scheduler'] as const;
const common = { group: 'API', commands, marathon: true } as const;

/** How the REST API is served. */
export const apiFlags = {
  http_address: {
    ...common,
    kind: 'host',
    text: "address that Marathon's API listens on",
    defaultText: '--host',
  },
  https_address: {
    ...common,
    kind: 'host',
    text: 'the same with TLS',
    defaultText: '--host',
  },
  disable_http: {
    ...common,
    kind: 'boolean',
    text: 'serve the API with TLS alone',
    default: false,
  },
  access_control_allow_origin: {
    ...common,
    kind: 'origins',
    text: 'origins whose web pages may use the API: http://ui.example:8000, separated by commas, or * for all',
    default: [],
  },
  http_max_concurrent_requests: {
    ...common,
    kind: 'integer',
    min: 1,
    text: 'more requests at a time are answered 503; event streams do not count',
    defaultText: 'no limit',
  },
  http_compression: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'compress answers for clients that ask for it',
    default: true,
  },
  http_max_request_bytes: {
    group: 'API',
    commands,
    kind: 'bytes',
    min: 1,
    max: 1 << 30,
    text: 'larger bodies are answered 413',
    default: 4 << 20,
  },
  http_mount_prefix: {
    group: 'API',
    commands,
    kind: 'prefix',
    text: 'path below which the API answers as well, for a proxy that keeps it: /service/marathon',
  },
  assets_path: {
    ...common,
    kind: 'path',
    text: 'directory with another web UI, served as /ui/',
  },
} as const satisfies FlagTable;

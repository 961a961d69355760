import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Test } from 'tap';
import { listenOnFreePort } from '../../../support/listen.js';

/** A registry of images on 127.0.0.1, as far as pulling goes (Docker's Registry HTTP API v2). */
export interface LocalRegistry {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Serves the latest of `name` from a directory that `podman save --format docker-dir` has made. */
  serve(name: string, directory: string): void;
  /** How often a manifest was asked for. */
  readonly pulls: number;
}

function send(response: ServerResponse, path: string, type: string): void {
  const bytes = readFileSync(path);
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}

export async function startLocalRegistry(t: Test): Promise<LocalRegistry> {
  const images = new Map<string, string>();
  let pulls = 0;
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    if (url === '/v2/') return void response.writeHead(200).end();
    const [, name = '', kind = '', reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const directory = images.get(name);
    if (directory === undefined) {
      const errors = [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }];
      return void response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
    }
    if (kind === 'blobs')
      return send(response, join(directory, reference.split(':')[1] ?? ''), 'application/octet-stream');
    pulls++;
    send(response, join(directory, 'manifest.json'), 'application/vnd.docker.distribution.manifest.v2+json');
  });
  const port = await listenOnFreePort(t, server);
  return {
    address: `127.0.0.1:${port}`,
    serve: (name, directory) => void images.set(name, directory),
    get pulls() {
      return pulls;
    },
  };
}

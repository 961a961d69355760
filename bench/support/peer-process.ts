import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, gzip } from 'node:zlib';

/**
 * What our API is compared with: a bare node:http server that knows nothing. `PUT /body` gives it bytes, `GET /body` sends them again
 * (gzipped for who takes it), `POST /json` parses the JSON that it gets, `GET /stream` waits for what `POST /stream` sends to all.
 */
let body: Buffer = Buffer.alloc(0);
const streams = new Set<ServerResponse>();

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, content: Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': String(content.length),
    ...headers,
  });
  response.end(content);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'PUT /body':
      body = await read(request);
      send(response, Buffer.from('{}'));
      return;
    case 'POST /json':
      JSON.parse((await read(request)).toString());
      send(response, Buffer.from('{}'));
      return;
    case 'GET /stream':
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    case 'POST /stream': {
      const content = await read(request);
      for (const stream of streams) stream.write(content);
      send(response, Buffer.from('{}'));
      return;
    }
    default:
      if (request.headers['accept-encoding'] === undefined) send(response, body);
      else
        gzip(body, { level: constants.Z_BEST_SPEED }, (_error, packed) =>
          send(response, packed, { 'Content-Encoding': 'gzip' }),
        );
  }
}

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: address !== null && typeof address === 'object' ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));

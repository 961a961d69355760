import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const server = `
const { createServer } = require('node:http');
const { MESOS_TASK_ID: taskId, PORT0, HOST } = process.env;
const server = createServer((request, answer) => answer.end(JSON.stringify({ taskId, pid: process.pid })));
server.keepAliveTimeout = 60_000;
server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const accept = require('node:crypto').createHash('sha1').update(key).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
  socket.write([...head, 'Sec-WebSocket-Accept: ' + accept, '', ''].join('\\r\\n'));
  socket.on('data', (chunk) => socket.write(chunk));
  socket.on('error', () => undefined);
});
server.listen(Number(PORT0), HOST);
`;

/** An app that answers with its task and sends back what comes over an upgraded connection. It is reached by \`host\`, and checked twice a second. */
export function webApp(directory: string, id: string, host: string, more: object = {}): object {
  const file = join(directory, 'web-app.cjs');
  writeFileSync(file, server);
  return {
    id,
    cmd: `exec '${process.execPath}' '${file}'`,
    cpus: 0.1,
    mem: 64,
    portDefinitions: [{ port: 0, name: 'http' }],
    labels: { HAPROXY_0_VHOST: host },
    backoffSeconds: 0,
    healthChecks: [
      {
        protocol: 'HTTP',
        path: '/',
        portIndex: 0,
        gracePeriodSeconds: 60,
        intervalSeconds: 1,
        timeoutSeconds: 1,
        maxConsecutiveFailures: 10,
      },
    ],
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0.5 },
    ...more,
  };
}

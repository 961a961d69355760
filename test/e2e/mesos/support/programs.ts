import { dirname } from 'node:path';

/** A server of files for agents without Python. Node.js resets what signals do, so that it has to be told again. */
const nodeServer = [
  'const [, port, address, ignores] = process.argv;',
  'if (ignores) process.on("SIGTERM", () => undefined);',
  'const { createServer } = require("http"), { createReadStream } = require("fs");',
  'createServer((q, a) => createReadStream("." + q.url).on("error", () => a.writeHead(404).end()).pipe(a)).listen(+port, address);',
].join(' ');

/** Where this Node.js is, for an agent on this machine whose tasks do not find it. */
const here = dirname(process.execPath);

/**
 * The shell command of a web server that serves the files of the current directory; it takes the place of the shell. Agents need Python 3 or
 * Node.js. `address` is what it binds, `port` how the shell finds the port.
 */
export function serveFiles(address: string, port = '$PORT0'): string {
  return [
    `if command -v python3 >/dev/null; then exec python3 -m http.server -b ${address} "${port}"; fi`,
    `PATH="$PATH:${here}" exec node -e '${nodeServer}' "${port}" ${address} "$IGNORES_TERM"`,
  ].join('; ');
}

/** A task that notes a SIGTERM in the file `term`, serves that, and ends only by SIGKILL. */
export function outliveTerm(address: string): string {
  const server = `(trap '' TERM; export IGNORES_TERM=1; ${serveFiles(address)}) &`;
  return `trap 'echo yes > term' TERM; ${server} while :; do sleep 0.2; done`;
}

/** A task that serves for some seconds and then fails. */
export function serveForAWhile(address: string, seconds: number): string {
  return `(${serveFiles(address)}) & server=$!; sleep ${seconds}; kill $server; exit 3`;
}

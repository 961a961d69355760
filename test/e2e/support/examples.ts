import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { echoCommand } from './echo-app.js';

export interface ExampleApp {
  readonly id: string;
  readonly ports?: readonly number[];
  readonly [field: string]: unknown;
}

/**
 * An app of `test/e2e/examples`. `ECHO_COMMAND` in it becomes the echo server's command, `FILE_SERVER_PORT` the port of the
 * server that the test runs for its files.
 */
export function readExample(name: string, fileServerPort = 0): ExampleApp {
  const text = readFileSync(resolve('test/e2e/examples', `${name}.json`), 'utf8')
    .replaceAll('FILE_SERVER_PORT', String(fileServerPort))
    .replaceAll('"ECHO_COMMAND"', JSON.stringify(echoCommand));
  return JSON.parse(text) as ExampleApp;
}

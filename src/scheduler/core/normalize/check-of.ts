import type { Json } from '../../model/app-definition.js';
import type { Check, CheckCommand } from '../../model/check.js';
import type { CheckJson } from './app-json.js';

type Exec = NonNullable<CheckJson['exec']>;

function commandOf({ command }: Exec): CheckCommand {
  return command?.shell === undefined ? { argv: command?.argv ?? [] } : { shell: command.shell };
}

function portOf({ port, portIndex }: { port?: number; portIndex?: number }): { port?: number; portIndex?: number } {
  return {
    ...(portIndex === undefined ? {} : { portIndex }),
    ...(port === undefined ? {} : { port }),
  };
}

/** The check of an app, defaults filled in. */
export function checkOf({
  http,
  tcp,
  exec,
  intervalSeconds = 60,
  timeoutSeconds = 20,
  delaySeconds = 15,
}: CheckJson): Check {
  return {
    ...(http === undefined
      ? {}
      : {
          http: {
            ...portOf(http),
            ...(http.path === undefined ? {} : { path: http.path }),
            scheme: http.scheme ?? 'HTTP',
          },
        }),
    ...(tcp === undefined ? {} : { tcp: portOf(tcp) }),
    ...(exec === undefined ? {} : { exec: { command: commandOf(exec) } }),
    intervalSeconds,
    timeoutSeconds,
    delaySeconds,
  };
}

/** A check as Marathon shows it. */
export function checkJsonOf({ http, tcp, exec, ...times }: Check): Readonly<Record<string, Json>> {
  return {
    ...(http === undefined ? {} : { http: { ...http } }),
    ...(tcp === undefined ? {} : { tcp: { ...tcp } }),
    ...(exec === undefined ? {} : { exec: { command: { ...exec.command } } }),
    ...times,
  };
}

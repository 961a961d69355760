/** marathonctl at 3dd213f. */
import { goMap, goString, goStruct, unmarshal } from '../go-json.js';
import type { Decoded } from '../go-json.js';
import type { WireAnswer } from '../wire.js';
import { application, type Application } from './go-marathon.js';

/** What marathonctl ends with: a line and exit status 1. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new CheckFailed(message);
}

/** app.go:57: ids go through `url.QueryEscape`, the slashes with them. */
export function queryEscape(id: string): string {
  return encodeURIComponent(id).replaceAll('%20', '+');
}

/** app.go:155, AppCreate: judged by 409 and 422, then read. */
export function readCreated(answer: WireAnswer): Application {
  check(answer.status !== 409, 'app already exists');
  check(answer.status !== 422, 'invalid app');
  return unmarshal(application, answer.text);
}

const update = goStruct({ version: goString, deploymentId: goString });

/** app.go, AppUpdate: exactly 200. */
export function readUpdate(answer: WireAnswer): Decoded<typeof update> {
  check(answer.status === 200, `bad status code ${answer.status}`);
  return unmarshal(update, answer.text);
}

/** app.go:292, AppDestroy: exactly 200, whatever the body. */
export function readDestroyed(answer: WireAnswer): void {
  check(answer.status === 200, `destroy app bad status ${answer.status}`);
}

/** group.go, GroupDestroy: exactly 200; the body is a `map[string]string` with `version` in it. */
export function readDestroyedGroup(answer: WireAnswer): string {
  check(answer.status !== 404, 'unknown group');
  check(answer.status === 200, `destroy group bad status ${answer.status}`);
  const { version } = unmarshal(goMap(goString), answer.text);
  check(version !== undefined, 'version missing');
  return version ?? '';
}

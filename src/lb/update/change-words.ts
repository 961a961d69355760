import { beginningOf } from '../../common/beginning-of.js';
import type { ApplyOutcome } from '../apply/proxy-control.js';
import { withoutSecrets } from '../hidden-secrets.js';
import type { RuntimeChange } from '../plan/runtime-change.js';

/** What is said of one change: so many lines, of so many characters each. */
const maxLines = 20;
const maxLength = 500;

/** Lines for people: no secrets, none too long, and not too many; the last one then says how many more there are. */
export function boundedLines(lines: Iterable<string>, total: number): string[] {
  const shown: string[] = [];
  const most = total > maxLines ? maxLines - 1 : maxLines;
  for (const line of lines) {
    if (shown.length === most) break;
    shown.push(beginningOf(withoutSecrets(line), maxLength));
  }
  return total > shown.length ? [...shown, `and ${total - shown.length} more`] : shown;
}

function* linesOf(change: RuntimeChange): Generator<string> {
  if (change.kind === 'change-map') {
    const file = change.file.slice(change.file.lastIndexOf('/') + 1);
    for (const [key, value] of change.entries) {
      yield value === null ? `del map ${file} ${key}` : `set map ${file} ${key} ${value}`;
    }
    return;
  }
  const path = `${change.backend}/${change.server}`;
  switch (change.kind) {
    case 'add-server':
      yield ['add server', path, change.endpoint, ...change.words].join(' ');
      break;
    case 'withdraw-server':
    case 'set-state':
      yield `set server ${path} state ${change.state}`;
      break;
    case 'set-weight':
      yield `set server ${path} weight ${change.weight}`;
      break;
    case 'set-address':
      yield `set server ${path} addr ${change.endpoint}`;
      break;
  }
}

function* allLines(changes: readonly RuntimeChange[]): Generator<string> {
  for (const change of changes) yield* linesOf(change);
}

/** What HAProxy was told, much as it was told it: at most 20 lines, without secrets. */
export function changeWords(changes: readonly RuntimeChange[]): string[] {
  const total = changes.reduce((sum, change) => sum + (change.kind === 'change-map' ? change.entries.size : 1), 0);
  return boundedLines(allLines(changes), total);
}

/** A message of HAProxy, or about it, by lines. */
export function messageLines(message: string): string[] {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return boundedLines(lines, lines.length);
}

/** What went wrong, where an outcome says that nothing came into force. */
export function failureText(outcome: ApplyOutcome): string {
  switch (outcome.kind) {
    case 'refused':
    case 'failed':
      return outcome.message;
    case 'ports-taken':
      return outcome.ports.map(({ port, reason }) => `port ${port}: ${reason}`).join('\n');
    case 'missing':
      return 'there is no haproxy program';
    case 'postponed':
      return 'it may not be replaced yet';
    case 'unchanged':
    case 'changed':
    case 'running':
      return '';
  }
}

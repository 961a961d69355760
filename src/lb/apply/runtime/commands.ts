import type { RuntimeChange } from '../../plan/runtime-change.js';
import { isChecked, parseEndpoint, readServerWords } from '../../plan/server-words.js';

/** A command, and how its answer is to be read. */
export interface Command {
  /** With its payload, if it has one, in lines below it. */
  readonly text: string;
  readonly isGood: (answer: string) => boolean;
}

/** Bounds a payload: HAProxy takes one only if it fits in its buffer (16 KiB by default). */
const maxPayload = 8_000;

/** Stands for a server's address until it gets its own; of RFC 5737, nobody has it. */
const placeholder = '192.0.2.1';

/** A word as the command line takes it. */
const word = (text: string): string => text.replaceAll(/[\\; \t]/g, (character) => `\\${character}`);

const nothing = (answer: string): boolean => answer === '';
const command = (text: string, isGood: Command['isGood'] = nothing): Command => ({ text, isGood });

const isMoved = (answer: string): boolean => /\bchanged\b|no need to change/.test(answer);
const isRegistered = (answer: string): boolean => /\bNew server registered\b/.test(answer);

/** Sends a server to another address. */
function move(path: string, endpoint: string): Command[] {
  const at = parseEndpoint(endpoint);
  return at === undefined ? [] : [command(`set server ${path} addr ${at.address} port ${at.port}`, isMoved)];
}

function addServer(path: string, { endpoint, words, isSticky }: RuntimeChange & { kind: 'add-server' }): Command[] {
  const { disabled } = readServerWords(words);
  const kept = words.filter((text) => text !== 'disabled' && text !== 'enabled');
  const port = parseEndpoint(endpoint)?.port ?? 0;
  // The cookie is made from the address when that changes, and only then.
  const first = isSticky ? `${placeholder}:${port}` : endpoint;
  return [
    command(`add server ${path} ${[first, ...kept].map(word).join(' ')}`, isRegistered),
    ...(isSticky ? move(path, endpoint) : []),
    ...(isChecked(words) ? [command(`enable health ${path}`)] : []),
    ...(disabled ? [] : [command(`set server ${path} state ready`)]),
  ];
}

function changeMap(
  { file, entries }: RuntimeChange & { kind: 'change-map' },
  known: ReadonlyMap<string, string>,
): Command[] {
  const commands: Command[] = [];
  const path = word(file);
  let payload = '';
  const flush = (): void => {
    if (payload !== '') commands.push(command(`add map ${path} <<\n${payload}`));
    payload = '';
  };
  for (const [key, value] of entries) {
    if (value === null) continue;
    if (known.has(key)) {
      commands.push(command(`set map ${path} ${word(key)} ${word(value)}`));
      continue;
    }
    const line = `${key} ${value}\n`;
    if (payload.length + line.length > maxPayload) flush();
    payload += line;
  }
  flush();
  // What goes is taken out last: a request finds the old entry or the new one.
  for (const [key, value] of entries) {
    if (value === null)
      commands.push(command(`del map ${path} ${word(key)}`, (answer) => answer === '' || answer === 'Key not found.'));
  }
  return commands;
}

/** The commands of one change. `knownMap` gives the entries that a map has in the running process. */
export function commandsFor(
  change: RuntimeChange,
  knownMap: (file: string) => ReadonlyMap<string, string>,
): readonly Command[] {
  if (change.kind === 'change-map') return changeMap(change, knownMap(change.file));
  const path = `${word(change.backend)}/${word(change.server)}`;
  switch (change.kind) {
    case 'add-server':
      return addServer(path, change);
    case 'withdraw-server':
    case 'set-state':
      return [command(`set server ${path} state ${change.state}`)];
    case 'set-weight':
      return [command(`set server ${path} weight ${change.weight}`)];
    case 'set-address':
      return move(path, change.endpoint);
  }
}

/** What has become of a server that was to be deleted. */
export type Deletion = 'deleted' | 'in-use' | 'pinned';

/** Asks for the deletion of a server; it has to be in maintenance. */
export function deletion(backend: string, server: string): { readonly text: string } {
  return { text: `del server ${word(backend)}/${word(server)}` };
}

/** Reads the answer to it. `pinned`: other parts of the configuration name it, so that it stays until the next reload. */
export function readDeletion(answer: string): Deletion {
  if (answer === 'Server deleted.' || answer === 'No such server.') return 'deleted';
  return answer.startsWith('Server still has connections') || answer.startsWith('Only servers in maintenance')
    ? 'in-use'
    : 'pinned';
}

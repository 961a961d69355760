import { ArtifactPathError } from '../../ports/artifact-store.js';

/** The folder at the top of a store where files wait until they are whole. No artifact may lie in it. */
export const uploadsFolder = '.ekiden-uploads';

/** In characters; what file systems and HDFS take with a base in front of it. */
const maxPathLength = 1024;
/** What a name may have in the file systems of Linux, and in HDFS. */
const maxNameBytes = 255;

/** Control characters, the other system's separator, and halves of surrogate pairs, which no URI can carry. */
const forbidden = /[\p{Cc}\\\p{Cs}]/u;

function problemOf(name: string): string | undefined {
  if (name === '') return 'it has an empty name between two slashes, or begins or ends with one';
  if (name === '.' || name === '..') return `'${name}' is not a name`;
  if (forbidden.test(name)) return 'a backslash, a control character or a broken character is in it';
  if (Buffer.byteLength(name) > maxNameBytes) return `one of its names is longer than ${maxNameBytes} bytes`;
  return undefined;
}

/**
 * The names that a path is made of (`a/b.tgz` → `a`, `b.tgz`), at least one. Nothing in them is decoded: `%2e` is three characters of
 * a name. Throws ArtifactPathError for everything that is not plainly below the store.
 */
export function namesOf(path: string): readonly string[] {
  const refuse = (reason: string): ArtifactPathError =>
    new ArtifactPathError(`'${path.slice(0, 100)}' is not the path of an artifact: ${reason}`);
  if (path === '') throw refuse('it is empty');
  if (path.length > maxPathLength) throw refuse(`it is longer than ${maxPathLength} characters`);
  const names = path.split('/');
  for (const name of names) {
    const problem = problemOf(name);
    if (problem !== undefined) throw refuse(problem);
  }
  if (names[0] === uploadsFolder) throw refuse(`'${uploadsFolder}' belongs to the store itself`);
  return names;
}

/** Names as the path of a URI (RFC 3986 §3.3). */
export function encodedPath(names: readonly string[]): string {
  return names.map(encodeURIComponent).join('/');
}

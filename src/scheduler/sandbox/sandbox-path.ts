import { ApiError } from '../api/api-error.js';

const maxLength = 4096;

/** The place of a file in a sandbox as a request names it, without a slash at its end; empty = the top. Throws ApiError 400 for any other. */
export function readSandboxPath(text: string): string {
  const refused = (why: string): ApiError => new ApiError(400, `path: ${JSON.stringify(text.slice(0, 200))} ${why}`);
  if (text.length > maxLength) throw refused(`is longer than ${maxLength} characters`);
  if (text.includes('\0')) throw refused('has a NUL in it');
  if (text.startsWith('/')) throw refused('begins with a slash: paths are those in the sandbox');
  const path = text.endsWith('/') ? text.slice(0, -1) : text;
  if (path === '') return '';
  const odd = path.split('/').find((segment) => segment === '' || segment === '.' || segment === '..');
  if (odd !== undefined) throw refused(`has the segment "${odd}", which names nothing in the sandbox`);
  return path;
}

import { fileURLToPath } from 'node:url';

/** The path that a `file:///…` names; undefined for what is no such URI, or names a directory. */
export function pathOfFileUri(uri: string): string | undefined {
  if (!/^file:\/\/\/[^\s?#]+$/.test(uri) || uri.endsWith('/')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

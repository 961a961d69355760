import { basename } from 'node:path';
import type { CommandUri } from '../../../mesos/types.js';

/** A URI that cannot be fetched, or whose fetch failed: the text says why. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

export type FetchSource =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'http' | 'ftp' | 'hadoop'; readonly url: string };

/** How the fetched file is packed, by its ending. */
export type ArchiveKind = 'tar' | 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'zip';

/** What is to be done for one URI. */
export interface FetchPlan {
  readonly source: FetchSource;
  /** Where the file goes, relative to the sandbox; its segments are plain names. */
  readonly fileName: string;
  readonly executable: boolean;
  readonly archive: ArchiveKind | undefined;
}

const kindsByEnding: readonly (readonly [ending: string, kind: ArchiveKind])[] = [
  ['.tgz', 'tar.gz'],
  ['.tar.gz', 'tar.gz'],
  ['.tbz2', 'tar.bz2'],
  ['.tar.bz2', 'tar.bz2'],
  ['.txz', 'tar.xz'],
  ['.tar.xz', 'tar.xz'],
  ['.zip', 'zip'],
];

function archiveKindOf(fileName: string): ArchiveKind | undefined {
  return kindsByEnding.find(([ending]) => fileName.endsWith(ending))?.[1];
}

function sourceOf(uri: string): FetchSource {
  if (uri.startsWith('/')) return { kind: 'file', path: uri };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'file': {
      const rest = uri.slice('file:'.length);
      const path = rest.startsWith('//localhost/') ? rest.slice('//localhost'.length) : rest.replace(/^\/\/(?=\/)/, '');
      if (!path.startsWith('/') || path.startsWith('//')) {
        throw new FetchError('a file URI must hold an absolute path: file:///path');
      }
      return { kind: 'file', path };
    }
    case 'http':
    case 'https':
      return { kind: 'http', url: uri };
    case 'ftp':
    case 'ftps':
      return { kind: 'ftp', url: uri };
    case 'hdfs':
    case 's3':
    case 's3a':
    case 's3n':
      return { kind: 'hadoop', url: uri };
    default:
      throw new FetchError(
        scheme === undefined
          ? 'a relative path cannot be fetched'
          : `the scheme '${scheme}' is not one of file, http, https, ftp, ftps, hdfs, s3, s3a, s3n`,
      );
  }
}

/** The last segment of the URI's path, without its query, percent-decoded where the source is a URL. */
function lastSegment(source: FetchSource): string {
  if (source.kind === 'file') return basename(source.path);
  const path = source.url.replace(/^[^:]*:\/*[^/]*/, '').replace(/[?#].*$/s, '');
  const segment = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const isPlainName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255;

/** Decides what a URI asks for. Throws FetchError when it cannot be done, or would leave the sandbox. */
export function planFetch(uri: CommandUri): FetchPlan {
  const source = sourceOf(uri.value);
  const executable = uri.executable === true;
  let fileName: string;
  if (uri.output_file !== undefined && uri.output_file !== '') {
    const segments = uri.output_file.split('/').filter((s) => s !== '' && s !== '.');
    if (uri.output_file.startsWith('/') || segments.length === 0 || !segments.every(isPlainName)) {
      throw new FetchError(`output_file ${JSON.stringify(uri.output_file)} is not a path inside the sandbox`);
    }
    fileName = segments.join('/');
  } else {
    fileName = lastSegment(source);
    if (!isPlainName(fileName)) {
      throw new FetchError(`its path does not end in the name of a file: set output_file`);
    }
  }
  const archive = executable || uri.extract === false ? undefined : archiveKindOf(fileName);
  return { source, fileName, executable, archive };
}

import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { HttpReply, HttpServer } from './server.js';

/** Answers with a file of a directory; 404 when there is none. */
export type SendFile = (reply: HttpReply, path: string) => HttpReply;

/** A directory whose files are served. */
export interface StaticFolder {
  /** Its absolute path. */
  readonly root: string;
  /** The folder in it whose files have other names when they have another content. */
  readonly hashedFolder?: string;
  /** Headers of every file. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves the files below `root`. Nothing outside of it and no dot file can be reached. Browsers ask again before they use what they have,
 * except for files in `hashedFolder`. Of `x.js` the file `x.js.gz` is sent to clients that take gzip, where it exists.
 */
export function addStaticFiles(server: HttpServer, { root, hashedFolder, headers = {} }: StaticFolder): SendFile {
  const hashed = hashedFolder === undefined ? undefined : join(root, hashedFolder) + sep;
  void server.register(fastifyStatic, {
    root,
    serve: false,
    cacheControl: false,
    dotfiles: 'ignore',
    index: ['index.html'],
    preCompressed: true,
    suppressWarning: true,
    // Called for files that exist: that one does not must not be remembered for a year.
    setHeaders: (reply, path) => {
      const isHashed = hashed !== undefined && path.startsWith(hashed);
      for (const [name, value] of Object.entries(headers)) void reply.header(name, value);
      void reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      for (const name of ['Pragma', 'Expires']) reply.removeHeader(name);
    },
  });
  return (reply, path) => reply.sendFile(path);
}

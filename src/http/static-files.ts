import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { HttpReply, HttpServer } from './server.js';

/** Answers with a file of a directory; 404 when there is none. */
export type SendFile = (reply: HttpReply, path: string) => HttpReply;

/**
 * Serves the files below `root`, an absolute path of a directory. Nothing outside of it and no dot file can be reached. Browsers ask
 * again before they use what they have, except for files in `hashedFolder`, whose names change with their content. Of `x.js` the file
 * `x.js.gz` is sent to clients that take gzip, where it exists.
 */
export function addStaticFiles(
  server: HttpServer,
  { root, hashedFolder }: { readonly root: string; readonly hashedFolder?: string },
): SendFile {
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
      void reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      for (const name of ['Pragma', 'Expires']) reply.removeHeader(name);
    },
  });
  return (reply, path) => reply.sendFile(path);
}

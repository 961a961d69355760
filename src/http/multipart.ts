import type { Readable } from 'node:stream';
import fastifyMultipart from '@fastify/multipart';
import { messageOf } from '../common/errors.js';
import type { HttpRequest, HttpServer } from './server.js';

/** A file as it arrives. */
export interface UploadedFile {
  /** The last part of the name that the client gives it; undefined: it gives none. */
  readonly name: string | undefined;
  /** Ends with an error when the client goes away, or what it sends is malformed. */
  readonly content: Readable;
}

/** The client did not send what it began: 400. */
class BrokenUploadError extends Error {
  override readonly name = 'BrokenUploadError';
  readonly statusCode = 400;
}

/** More is not sensible for a form around one file. The size of files is the receiver's business. */
const limits = {
  parts: 32,
  fields: 32,
  files: 8,
  headerPairs: 32,
  fieldNameSize: 256,
  fieldSize: 64 << 10,
  fileSize: Infinity,
};

/**
 * Registers routes whose requests may carry a file: below `routes`' server, bodies are not read into memory, nor does the limit on
 * bodies hold. Handlers get them with `receiveFile`.
 */
export function addUploads(server: HttpServer, routes: (server: HttpServer) => void): void {
  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    void scope.register(fastifyMultipart, { limits, throwFileSizeLimit: false });
    routes(scope);
    done();
  });
}

/** Calls `work` with content, and tells its own failures from those of the content. */
async function pass<T>(file: UploadedFile, work: (file: UploadedFile) => Promise<T>): Promise<T> {
  let broken: Error | undefined;
  file.content.once('error', (error) => (broken = error));
  try {
    return await work(file);
  } catch (error) {
    if (broken === undefined || broken !== error) throw error;
    throw new BrokenUploadError(`The upload was not received as a whole: ${messageOf(error)}`);
  }
}

async function receivePart<T>(
  request: HttpRequest,
  field: string,
  work: (file: UploadedFile) => Promise<T>,
): Promise<T | undefined> {
  const parts = (function () {
    try {
      // A part of that name is a file even if it has no file name.
      return request.parts({
        isPartAFile: (name, type, fileName) =>
          name === field || fileName !== undefined || type === 'application/octet-stream',
      });
    } catch (error) {
      throw new BrokenUploadError(`This is not multipart/form-data: ${messageOf(error)}`);
    }
  })();
  for (;;) {
    let next: Awaited<ReturnType<typeof parts.next>>;
    try {
      next = await parts.next();
    } catch (error) {
      throw new BrokenUploadError(`This is not multipart/form-data: ${messageOf(error)}`);
    }
    if (next.done === true) return undefined;
    const part = next.value;
    if (part.type !== 'file') continue;
    if (part.fieldname !== field) {
      part.file.resume();
      continue;
    }
    // Its type says otherwise, but there are parts without a file name.
    const name: string | undefined = part.filename;
    return await pass({ name: name === '' ? undefined : name, content: part.file }, work);
  }
}

/**
 * Calls `work` with the file that a request carries: in multipart/form-data the part named `field`, otherwise the body itself,
 * which has no name. Returns what `work` does; undefined when there is no file, and `work` is not called. Whatever else the client
 * still sends is read and dropped, so that it gets to see the answer. Throws an error of status 400 when the file does not arrive whole.
 */
export async function receiveFile<T>(
  request: HttpRequest,
  field: string,
  work: (file: UploadedFile) => Promise<T>,
): Promise<T | undefined> {
  try {
    if (request.isMultipart()) return await receivePart(request, field, work);
    const content = request.body as Readable | undefined;
    return content === undefined ? undefined : await pass({ name: undefined, content }, work);
  } finally {
    request.raw.unpipe();
    request.raw.resume();
  }
}

import { codeOf } from '../../../common/errors.js';
import { attachment } from '../../../http/attachment.js';
import { mediaTypeOf } from '../../../http/media-type.js';
import { addUploads, receiveFile } from '../../../http/multipart.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { ArtifactPathError, ArtifactTooLargeError } from '../../ports/artifact-store.js';
import type { ArtifactInfo, ArtifactStore } from '../../ports/artifact-store.js';
import type { AccessAction } from '../access.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { addResource } from '../resource.js';
import type { Handler, Handlers } from '../resource.js';

/** What a multipart form has around its file: more than this and the file is too large whatever its size. */
const maxFormBytes = 1 << 20;
const fullDiskCodes: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** The text of Marathon's `require`, and what else can be done. */
const noFileMessage = "Please use 'file' as form parameter name! (multipart/form-data)";

function errorOf(error: unknown): unknown {
  if (error instanceof ArtifactPathError) return new ApiError(400, error.message);
  if (error instanceof ArtifactTooLargeError) return new ApiError(413, error.message);
  if (fullDiskCodes.has(codeOf(error))) return new ApiError(507, 'The artifact store has no room left');
  return error;
}

function lastModifiedOf({ lastModifiedMs }: ArtifactInfo): Date {
  return new Date(Math.floor(lastModifiedMs / 1000) * 1000);
}

/** RFC 9110 §13.1.3: what is not a date is ignored. */
function isUnmodified(request: HttpRequest, info: ArtifactInfo): boolean {
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && lastModifiedOf(info).getTime() <= since;
}

/** The artifact that a URL below `/v2/artifacts/` names, decoded once. */
function artifactPathOf(request: HttpRequest): string {
  return (request.params as Readonly<Record<string, string>>)['*'] ?? '';
}

/**
 * `/v2/artifacts` and `/v2/artifacts/{path}` (marathon.md §2.7). Files are uploaded and sent as they come, whatever their size; the
 * limit is the store's (`--artifact_max_bytes`). Extra: PUT and POST of the bytes without a form, HEAD, If-Modified-Since.
 */
export function addArtifacts(server: HttpServer, { service, access, artifacts }: ApiContext): void {
  const { artifactMaxBytes } = service.options;

  function storeFor(request: HttpRequest, action: AccessAction): ArtifactStore {
    access.demand(request, action, { kind: 'system', name: 'artifacts' });
    if (artifacts !== undefined) return artifacts;
    throw new ApiError(
      422,
      'No storage provider available to load/persist artifacts: start the scheduler with --artifact_store file:///directory or hdfs://…',
    );
  }

  /** Stores the request's file under `path`, or else under its own name. */
  async function upload(request: HttpRequest, reply: HttpReply, path: string | undefined): Promise<HttpReply> {
    const store = storeFor(request, 'update');
    if (Number(request.headers['content-length'] ?? 0) > artifactMaxBytes + maxFormBytes) {
      throw new ArtifactTooLargeError(artifactMaxBytes);
    }
    const stored = await receiveFile(request, 'file', async ({ name, content }) => {
      const target = path ?? name;
      if (target === undefined) {
        throw new ApiError(422, "The part 'file' has no file name: give it one, or upload to /v2/artifacts/{path}");
      }
      return { uri: store.uriOf(target), ...(await store.write(target, content)) };
    });
    if (stored === undefined) throw new ApiError(422, noFileMessage);
    return stored.created ? reply.code(201).header('Location', stored.uri).send() : reply.code(200).send();
  }

  function notFound(path: string): ApiError {
    return new ApiError(404, `No artifact with path ${path}`);
  }

  async function send(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const store = storeFor(request, 'view');
    const path = artifactPathOf(request);
    const info = await store.info(path);
    if (info === undefined) throw notFound(path);
    void reply.header('Last-Modified', lastModifiedOf(info).toUTCString());
    if (isUnmodified(request, info)) return reply.code(304).send();
    const found = request.method === 'HEAD' ? { info, content: '' } : await store.read(path);
    if (found === undefined) throw notFound(path);
    const fileName = path.slice(path.lastIndexOf('/') + 1);
    return reply
      .headers({
        'Last-Modified': lastModifiedOf(found.info).toUTCString(),
        'Content-Length': found.info.bytes,
        'Content-Type': mediaTypeOf(fileName),
        // Whoever may upload could otherwise run scripts as a page of this API.
        'Content-Disposition': attachment(fileName),
        'X-Content-Type-Options': 'nosniff',
      })
      .send(found.content);
  }

  /** Marathon says 200 of what is not there, too. */
  async function remove(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const store = storeFor(request, 'update');
    await store.remove(artifactPathOf(request));
    return reply.code(200).send();
  }

  /** Answers in words what the store refuses. */
  function explained(work: (request: HttpRequest, reply: HttpReply) => Promise<HttpReply>): Handler {
    return async (request, reply) => {
      try {
        return await work(request, reply);
      } catch (error) {
        throw errorOf(error);
      }
    };
  }

  const put = explained((request, reply) => upload(request, reply, artifactPathOf(request)));
  const root: Handlers = { POST: explained((request, reply) => upload(request, reply, undefined)) };
  const item: Handlers = { GET: explained(send), PUT: put, POST: put, DELETE: explained(remove) };

  addUploads(server, (scope) => {
    addResource(scope, '/v2/artifacts', root);
    addResource(scope, '/v2/artifacts/*', (request) => (artifactPathOf(request) === '' ? root : item));
  });
}

import { finished, Readable } from 'node:stream';
import { messageOf } from '../../../common/errors.js';
import { attachment } from '../../../http/attachment.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { startSse } from '../../../http/sse.js';
import type { AgentFile, AgentFiles } from '../../ports/agent-files.js';
import { AgentRefusalError } from '../../ports/agent-files.js';
import { followFile, maxPieceBytes } from '../../sandbox/follow-file.js';
import { pieceOf } from '../../sandbox/pieces.js';
import { readSandboxPath } from '../../sandbox/sandbox-path.js';
import { NoSuchFileError, Sandboxes } from '../../sandbox/sandboxes.js';
import type { SandboxTask } from '../../sandbox/sandboxes.js';
import { placeInState, runSpecOfTask } from '../../sandbox/task-place.js';
import { runSpecResource } from '../access/run-spec-access.js';
import { ApiError, taskNotFound } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { addResource } from '../resource.js';
import type { Handler } from '../resource.js';
import { sendJson } from '../send.js';

/** Each of them asks an agent twice a second. */
const maxFollowers = 200;
const maxDownloads = 50;
/** Of one reader who follows; he is sent no more before he has read. */
const maxPendingBytes = 1 << 20;
/** Schedulers that do not lead pass the stream on, and give it up after 10 s of silence. */
const keepAliveMs = 5_000;

/** A whole number of bytes in a query. Throws ApiError 400. */
function bytesOf(query: Query, name: string, byDefault: number, min: number): number {
  const text = textOf(query, name) ?? String(byDefault);
  const number = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min) return number;
  throw new ApiError(400, `${name}: "${text.slice(0, 100)}" is not a number of bytes from ${min} on`);
}

/** The path of a file, which must be named. Throws ApiError 400. */
function filePathOf(query: Query): string {
  const path = readSandboxPath(textOf(query, 'path') ?? '');
  if (path === '') throw new ApiError(400, 'path: a file in the sandbox is to be named, such as stdout');
  return path;
}

/** What a request is answered with when an agent, or the master, gives no file. */
function errorFor(error: unknown): unknown {
  if (error instanceof ApiError) return error;
  if (error instanceof NoSuchFileError) return new ApiError(404, error.message);
  if (error instanceof AgentRefusalError) return new ApiError(400, error.message);
  return new ApiError(502, messageOf(error));
}

function renderFile({ path: agentPath, size, mode, modifiedAtMs, owner }: AgentFile, folder: string): object {
  const name = agentPath.slice(agentPath.lastIndexOf('/') + 1);
  return {
    name,
    path: folder === '' ? name : `${folder}/${name}`,
    isFolder: mode.startsWith('d'),
    size,
    mode,
    modifiedAt: new Date(modifiedAtMs).toISOString(),
    owner,
  };
}

/**
 * `/ekiden/v1/sandbox/{taskId}/browse`, `…/read`, `…/download` and `…/follow`: the files of tasks that run, and of ended ones as long as
 * their agent has them. They are for those who may view the task's app or pod. Nothing but what agents answer below the sandbox is passed on.
 */
export function addSandbox(server: HttpServer, { access, service, files }: ApiContext): void {
  const sandboxes = files === undefined ? undefined : new Sandboxes(files);
  let followers = 0;
  let downloads = 0;

  /** The task that a request is about. Throws ApiError. */
  async function taskOf(request: HttpRequest): Promise<SandboxTask & { readonly host: string }> {
    const { taskId } = request.params as { readonly taskId: string };
    const appId = runSpecOfTask(taskId);
    if (appId === undefined) throw taskNotFound(taskId.slice(0, 200));
    const { state } = service;
    access.demand(request, 'view', runSpecResource(state, appId));
    const { frameworkId } = state;
    if (files === undefined || frameworkId === undefined) {
      throw new ApiError(503, 'This scheduler is not registered with a Mesos master yet');
    }
    const place = placeInState(state, appId, taskId);
    if (place !== undefined) return { taskId, frameworkId, ...place };
    const known = await files.findTask(frameworkId, taskId);
    if (known === undefined) {
      throw new ApiError(
        404,
        `Task '${taskId}' does not exist: neither this scheduler nor the Mesos master remembers where it ran`,
      );
    }
    return { taskId, frameworkId, host: known.agentId, ...known };
  }

  /** What answers a request about the sandbox of a task. */
  function handler(
    answer: (
      request: HttpRequest,
      reply: HttpReply,
      parts: {
        readonly query: Query;
        readonly files: AgentFiles;
        readonly with: <T>(path: string, use: (agentPath: string) => Promise<T | undefined>) => Promise<T>;
        readonly task: Awaited<ReturnType<typeof taskOf>>;
      },
    ) => Promise<unknown>,
  ): Handler {
    return async (request, reply) => {
      try {
        const task = await taskOf(request);
        if (files === undefined || sandboxes === undefined) throw new ApiError(503, 'No agents can be asked here');
        return await answer(request, reply, {
          query: request.query as Query,
          files,
          with: (path, use) => sandboxes.with(task, path, use),
          task,
        });
      } catch (error) {
        throw errorFor(error);
      }
    };
  }

  addResource(server, '/ekiden/v1/sandbox/:taskId/browse', {
    GET: handler(async (_request, reply, { query, files: agent, task, with: inSandbox }) => {
      const path = readSandboxPath(textOf(query, 'path') ?? '');
      const { taskId, agentId, host } = task;
      const entries = await inSandbox(path, (at) => agent.browse(agentId, at));
      const listed = entries.map((file) => renderFile(file, path));
      return sendJson(reply, JSON.stringify({ taskId, host, path, files: listed }));
    }),
  });

  addResource(server, '/ekiden/v1/sandbox/:taskId/read', {
    GET: handler(async (_request, reply, { query, files: agent, task: { agentId }, with: inSandbox }) => {
      const path = filePathOf(query);
      const offset = bytesOf(query, 'offset', 0, -1);
      const length = Math.min(maxPieceBytes, bytesOf(query, 'length', maxPieceBytes, 1));
      const piece = await inSandbox(path, async (at) => {
        const size = await agent.sizeOf(agentId, at);
        if (size === undefined) return undefined;
        if (offset === -1 || offset >= size) return { data: '', offset: size, next: size, size };
        const bytes = await agent.read(agentId, at, offset, Math.min(length, size - offset));
        return bytes === undefined ? undefined : pieceOf(bytes, offset, size, false);
      });
      return sendJson(reply, JSON.stringify(piece));
    }),
  });

  addResource(server, '/ekiden/v1/sandbox/:taskId/download', {
    GET: handler(async (request, reply, { query, files: agent, task: { agentId }, with: inSandbox }) => {
      const path = filePathOf(query);
      if (downloads >= maxDownloads)
        throw new ApiError(503, `${downloads} files are being downloaded: try again later`);
      downloads++;
      const left = new AbortController();
      finished(reply.raw, () => {
        downloads--;
        left.abort();
      });
      const { size, body } = await inSandbox(path, (at) => agent.fetch(agentId, at, left.signal));
      void reply
        .header('Content-Type', 'application/octet-stream')
        .header('X-Content-Type-Options', 'nosniff')
        .header('Content-Disposition', attachment(path.slice(path.lastIndexOf('/') + 1)));
      if (size !== undefined) void reply.header('Content-Length', size);
      return reply.send(request.method === 'HEAD' ? undefined : Readable.from(body));
    }),
  });

  addResource(server, '/ekiden/v1/sandbox/:taskId/follow', {
    GET: handler(async (request, reply, { query, files: agent, task: { agentId }, with: inSandbox }) => {
      const path = filePathOf(query);
      const offset = bytesOf(query, 'offset', 0, Number.MIN_SAFE_INTEGER);
      if (request.method === 'HEAD') return reply.type('text/event-stream').send();
      if (followers >= maxFollowers) throw new ApiError(503, `${followers} files are being followed: try again later`);
      const left = new AbortController();
      const client = startSse(reply, { keepAliveMs, maxPendingBytes });
      followers++;
      client.onClose(() => {
        followers--;
        left.abort();
      });
      const file = {
        size: () => inSandbox(path, (at) => agent.sizeOf(agentId, at)),
        read: (from: number, length: number) => inSandbox(path, (at) => agent.read(agentId, at, from, length)),
      };
      const follower = {
        piece: (piece: object) => client.send('piece', JSON.stringify(piece)),
        gone(message: string) {
          client.send('gone', JSON.stringify({ message }));
          client.close();
        },
        ready: () => client.drained(),
      };
      void followFile(file, offset, follower, { signal: left.signal });
      return reply;
    }),
  });
}

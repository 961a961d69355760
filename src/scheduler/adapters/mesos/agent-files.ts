import { messageOf } from '../../../common/errors.js';
import { readBytes } from '../../../common/http-client.js';
import type { HttpStream } from '../../../common/http-client.js';
import type { Clock } from '../../../common/time.js';
import type { MasterAccess } from '../../../mesos/master-access.js';
import { requestMaster } from '../../../mesos/master-request.js';
import { AgentAwayError, AgentRefusalError } from '../../ports/agent-files.js';
import type { AgentFile, AgentFiles, FetchedFile, KnownTask } from '../../ports/agent-files.js';
import { agentAddressOf } from './agent-address.js';
import type { AgentsAnswer } from './agents.js';
import { askMasters } from './ask-masters.js';

/** Of a master, of an agent, and of an agent's silence within an answer. */
const defaultTimeoutMs = 10_000;
/** A file may come from a disk that sleeps. */
const fetchIdleMs = 60_000;
/** Where agents are is asked for again after so long, and when one is not among them, but not more often than that. */
const addressesFreshMs = 30_000;
const addressesAgainMs = 2_000;

const maxListed = 10_000;
/** What one `/files/read` gives at most (Mesos: 16 pages). */
const maxReadBytes = 64 << 10;
/** Control characters take six bytes in JSON. */
const maxReadAnswerBytes = 6 * maxReadBytes + 1024;
/** Of a listing. */
const maxBrowseBytes = 8 << 20;
/** An agent's state tells of all its tasks, and of hundreds that have ended. */
const maxStateBytes = 64 << 20;
const maxErrorBytes = 4 << 10;
const maxErrorLength = 300;

/** An entry as `/files/browse` gives it. */
interface WireFile {
  readonly path: string;
  readonly size?: number;
  readonly mode?: string;
  /** In seconds. */
  readonly mtime?: number;
  readonly uid?: string;
}

interface WireExecutor {
  readonly id: string;
  readonly directory?: string;
  readonly type?: string;
  readonly tasks?: readonly { readonly id: string }[];
  readonly queued_tasks?: readonly { readonly id: string }[];
  readonly completed_tasks?: readonly { readonly id: string }[];
}

interface WireFramework {
  readonly id: string;
  readonly executors?: readonly WireExecutor[];
  readonly completed_executors?: readonly WireExecutor[];
}

/** `GET /state` of an agent, as far as it is about sandboxes. */
interface AgentState {
  readonly frameworks?: readonly WireFramework[];
  readonly completed_frameworks?: readonly WireFramework[];
}

/** `GET /tasks` of a master. */
interface TasksAnswer {
  readonly tasks?: readonly { readonly id: string; readonly slave_id: string; readonly executor_id?: string }[];
}

function fileOf({ path, size = 0, mode = '', mtime = 0, uid = '' }: WireFile): AgentFile {
  return { path, size, mode, modifiedAtMs: Math.round(mtime * 1000), owner: uid };
}

/** The sandbox of a task: its executor's, and of one of a group a directory therein. */
function sandboxIn(state: AgentState, frameworkId: string, taskId: string): string | undefined {
  const frameworks = [...(state.frameworks ?? []), ...(state.completed_frameworks ?? [])];
  for (const { id, executors = [], completed_executors: completed = [] } of frameworks) {
    if (id !== frameworkId) continue;
    for (const executor of [...executors, ...completed]) {
      const { tasks = [], queued_tasks: queued = [], completed_tasks: ended = [], directory } = executor;
      const isOfTask = executor.id === taskId || [...tasks, ...queued, ...ended].some((task) => task.id === taskId);
      if (isOfTask && directory !== undefined) {
        return executor.type === 'DEFAULT' ? `${directory}/tasks/${taskId}` : directory;
      }
    }
  }
  return undefined;
}

/** The bytes in the answer to `/files/read`: Mesos writes each as it is, be they UTF-8 or not. */
function dataIn(answer: Buffer): { readonly data: Buffer; readonly offset: number } {
  const { data, offset } = JSON.parse(answer.toString('latin1')) as { readonly data: string; readonly offset: number };
  return { data: Buffer.from(data, 'latin1'), offset };
}

/**
 * Asks agents where the master says that they are, with the credentials and the trust that masters are asked with (`--mesos_…`). No redirect
 * is followed. `masters` stays the caller's.
 */
export function createAgentFiles(
  masters: MasterAccess,
  { clock, timeoutMs = defaultTimeoutMs }: { readonly clock: Clock; readonly timeoutMs?: number },
): AgentFiles {
  let addresses: Promise<ReadonlyMap<string, string>> | undefined;
  let askedAtMs = -Infinity;

  /** By agent id. */
  function readAddresses(): Promise<ReadonlyMap<string, string>> {
    return askMasters(masters.source, timeoutMs, 'told of its agents', async (authority, signal) => {
      const call = { type: 'GET_AGENTS' };
      const { body } = await requestMaster(masters, { authority, path: '/api/v1', call, signal });
      const known = new Map<string, string>();
      for (const agent of (body as AgentsAnswer).get_agents?.agents ?? []) {
        const address = agentAddressOf(agent, masters.scheme);
        if (agent.agent_info.id !== undefined && address !== undefined) known.set(agent.agent_info.id.value, address);
      }
      return known;
    });
  }

  async function addressesOf(maxAgeMs: number): Promise<ReadonlyMap<string, string>> {
    if (addresses === undefined || clock() - askedAtMs >= maxAgeMs) {
      askedAtMs = clock();
      const before = addresses;
      const asked = readAddresses().catch((error: unknown) => {
        // While no master leads, agents stay where they were
        if (before !== undefined) return before;
        throw new AgentAwayError(messageOf(error), { cause: error });
      });
      addresses = asked;
      asked.catch(() => {
        if (addresses === asked) addresses = undefined;
      });
    }
    return addresses;
  }

  async function addressOf(agentId: string): Promise<string> {
    const address =
      (await addressesOf(addressesFreshMs)).get(agentId) ?? (await addressesOf(addressesAgainMs)).get(agentId);
    if (address === undefined) throw new AgentAwayError(`The agent ${agentId} is not registered with the master now`);
    return address;
  }

  async function refusalOf(address: string, { status, body }: HttpStream): Promise<Error> {
    const text = (await readBytes(body, maxErrorBytes))?.toString('utf8').trim().slice(0, maxErrorLength) ?? '';
    if (status === 400) return new AgentRefusalError(text === '' ? 'The agent refuses it' : text);
    if (status === 401 || status === 403) {
      return new Error(
        `The agent ${address} answers ${status}: it does not accept what masters are asked with ` +
          '(--mesos_authentication_principal, --mesos_authentication_secret)',
      );
    }
    const answer = `The agent ${address} answers ${status}${text === '' ? '' : `: ${text}`}`;
    // One that has just been started does not know its tasks yet
    return status === 503 ? new AgentAwayError(answer) : new Error(answer);
  }

  /** Asks an agent; undefined for 404. */
  async function ask(
    agentId: string,
    path: string,
    query: Readonly<Record<string, string>>,
    { idleTimeoutMs, signal }: { readonly idleTimeoutMs: number; readonly signal: AbortSignal },
  ): Promise<HttpStream | undefined> {
    const address = await addressOf(agentId);
    const search = new URLSearchParams(query).toString();
    let answer: HttpStream;
    try {
      answer = await masters.http.stream({
        method: 'GET',
        url: `${masters.scheme}://${address}${path}${search === '' ? '' : `?${search}`}`,
        headers: { ...masters.headers, accept: '*/*' },
        idleTimeoutMs,
        signal,
      });
    } catch (error) {
      throw new AgentAwayError(`The agent ${address} does not answer: ${messageOf(error)}`, { cause: error });
    }
    if (answer.status === 200) return answer;
    if (answer.status !== 404) throw await refusalOf(address, answer);
    await readBytes(answer.body, maxErrorBytes);
    return undefined;
  }

  /** A whole answer; undefined for 404. */
  async function whole(
    agentId: string,
    path: string,
    query: Readonly<Record<string, string>>,
    maxBytes: number,
  ): Promise<Buffer | undefined> {
    const limits = { idleTimeoutMs: timeoutMs, signal: AbortSignal.timeout(timeoutMs) };
    const answer = await ask(agentId, path, query, limits);
    if (answer === undefined) return undefined;
    let bytes: Buffer | undefined;
    try {
      bytes = await readBytes(answer.body, maxBytes);
    } catch (error) {
      throw new AgentAwayError(`The agent's answer broke off: ${messageOf(error)}`, { cause: error });
    }
    if (bytes === undefined) throw new Error(`The agent's answer is larger than ${maxBytes} bytes`);
    return bytes;
  }

  /** Those who ask while an answer of the same agent is awaited get that one: it may be large. */
  const states = new Map<string, Promise<AgentState>>();

  function stateOf(agentId: string): Promise<AgentState> {
    const underWay = states.get(agentId);
    if (underWay !== undefined) return underWay;
    const asked = whole(agentId, '/state', {}, maxStateBytes)
      .then((answer) => (answer === undefined ? {} : (JSON.parse(answer.toString('utf8')) as AgentState)))
      .finally(() => states.delete(agentId));
    states.set(agentId, asked);
    return asked;
  }

  return {
    async browse(agentId, path) {
      const answer = await whole(agentId, '/files/browse', { path }, maxBrowseBytes);
      if (answer === undefined) return undefined;
      return (JSON.parse(answer.toString('utf8')) as readonly WireFile[]).slice(0, maxListed).map(fileOf);
    },

    async sizeOf(agentId, path) {
      const answer = await whole(agentId, '/files/read', { path, offset: '-1' }, maxReadAnswerBytes);
      return answer === undefined ? undefined : dataIn(answer).offset;
    },

    async read(agentId, path, offset, length) {
      const query = { path, offset: String(offset), length: String(Math.min(length, maxReadBytes)) };
      const answer = await whole(agentId, '/files/read', query, maxReadAnswerBytes);
      return answer === undefined ? undefined : dataIn(answer).data;
    },

    async fetch(agentId, path, signal): Promise<FetchedFile | undefined> {
      const answer = await ask(agentId, '/files/download', { path }, { idleTimeoutMs: fetchIdleMs, signal });
      if (answer === undefined) return undefined;
      const length = answer.headers['content-length'];
      return { size: length === undefined ? undefined : Number(length), body: answer.body };
    },

    async sandboxOf(agentId, frameworkId, taskId) {
      return sandboxIn(await stateOf(agentId), frameworkId, taskId);
    },

    findTask: (frameworkId, taskId): Promise<KnownTask | undefined> =>
      askMasters(masters.source, timeoutMs, 'told of the task', async (authority, signal) => {
        const query = new URLSearchParams({ task_id: taskId, framework_id: frameworkId });
        const { body } = await requestMaster(masters, { authority, path: `/tasks?${query.toString()}`, signal });
        const found = (body as TasksAnswer).tasks?.find(({ id }) => id === taskId);
        if (found === undefined) return undefined;
        const { slave_id: agentId, executor_id: executorId = '' } = found;
        return { agentId, executorId: executorId === '' ? undefined : executorId };
      }),
  };
}

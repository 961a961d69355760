/** An entry of a directory on an agent. */
export interface AgentFile {
  /** Where it is, as the agent calls it. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** As `ls -l` shows it. */
  readonly mode: string;
  readonly modifiedAtMs: number;
  readonly owner: string;
}

/** Where a task runs or ran. */
export interface KnownTask {
  readonly agentId: string;
  /** Undefined: the task was its own executor. */
  readonly executorId: string | undefined;
}

/** A file that is being fetched. */
export interface FetchedFile {
  /** In bytes; undefined: the agent does not say. */
  readonly size: number | undefined;
  /** Throws after a while of silence. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The agent is not registered, or does not answer; `message` says it to a reader. */
export class AgentAwayError extends Error {
  override readonly name = 'AgentAwayError';
}

/** The agent says that this cannot be done, such as to read a directory; `message` is its own. */
export class AgentRefusalError extends Error {
  override readonly name = 'AgentRefusalError';
}

/**
 * The files API of the cluster's agents, and what it takes to find a sandbox there. Paths are the agent's. All of it rejects with
 * AgentAwayError when the agent cannot be asked, with AgentRefusalError when it refuses, and with any other error when it, or the master,
 * answers something else.
 */
export interface AgentFiles {
  /** At most 10,000 entries; undefined: there is no such directory. */
  browse(agentId: string, path: string): Promise<readonly AgentFile[] | undefined>;
  /** In bytes; undefined: there is no such file. */
  sizeOf(agentId: string, path: string): Promise<number | undefined>;
  /** At most `length` bytes from `offset` on, and at most 64 KiB; undefined: there is no such file. */
  read(agentId: string, path: string, offset: number, length: number): Promise<Buffer | undefined>;
  /** Undefined: there is no such file. */
  fetch(agentId: string, path: string, signal: AbortSignal): Promise<FetchedFile | undefined>;
  /** The sandbox of a task as the agent's state tells it, be it running or ended; undefined: it tells nothing of it. */
  sandboxOf(agentId: string, frameworkId: string, taskId: string): Promise<string | undefined>;
  /** What the master knows of a task, be it running or ended; undefined: nothing any more. */
  findTask(frameworkId: string, taskId: string): Promise<KnownTask | undefined>;
}

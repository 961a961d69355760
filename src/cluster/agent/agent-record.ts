import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { claimDirectory } from '../../common/directory-claim.js';
import { codeOf, messageOf, StartupError } from '../../common/errors.js';

interface AgentRecord {
  readonly agentId: string;
}

/** The agent's directory is in use: by the process `pid`, or by one of several that all want it now. */
export class DirectoryInUse extends StartupError {
  readonly pid: number | undefined;

  constructor(pid: number | undefined) {
    const who = pid === undefined ? 'is wanted by several embedded clusters' : 'is in use by another embedded cluster';
    super(`the work directory ${who}${pid === undefined ? '' : ` (process ${pid})`}: choose another with --work_dir`);
    this.pid = pid;
  }
}

async function read(path: string): Promise<AgentRecord | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as AgentRecord;
  } catch (error) {
    throw new StartupError(
      `${path} cannot be read: ${messageOf(error)}. Choose another --work_dir, or remove its cluster directory`,
    );
  }
}

/**
 * Makes this process the user of the agent's directory, until it is gone, and returns the agent's id, which stays the same over
 * restarts. Throws DirectoryInUse when another living process uses it.
 */
export async function claimAgentDirectory(
  paths: { readonly agentFile: string; readonly agentLock: string },
  newAgentId: () => string,
): Promise<string> {
  const answer = await claimDirectory(paths.agentLock);
  if (answer.type !== 'held') throw new DirectoryInUse(answer.type === 'taken' ? answer.by.pid : undefined);
  const record = await read(paths.agentFile);
  if (record !== undefined) return record.agentId;
  const agentId = newAgentId();
  await writeFileAtomic(paths.agentFile, JSON.stringify({ agentId }), 0o600);
  return agentId;
}

import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf, StartupError } from '../../common/errors.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import { identifyProcess, isRunning } from '../../common/process-identity.js';

interface AgentRecord {
  readonly agentId: string;
  /** The process that uses this directory, or used it last. */
  readonly process: ProcessIdentity | undefined;
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
 * Makes this process the user of the agent's directory and returns the agent's id, which stays the same over restarts.
 * Throws StartupError when another living process uses it.
 */
export async function claimAgentDirectory(path: string, newAgentId: () => string): Promise<string> {
  const record = await read(path);
  const user = record?.process;
  if (user !== undefined && user.pid !== process.pid && isRunning(user)) {
    throw new StartupError(
      `the work directory is in use by another embedded cluster (process ${user.pid}): choose another with --work_dir`,
    );
  }
  const agentId = record?.agentId ?? newAgentId();
  await writeFileAtomic(path, JSON.stringify({ agentId, process: identifyProcess(process.pid) }), 0o600);
  return agentId;
}

import { readFile, stat } from 'node:fs/promises';
import { codeOf, messageOf, StartupError } from '../../../common/errors.js';
import { followFiles } from '../../../common/follow-files.js';
import type { Logger } from '../../../common/logger.js';
import { AclError, parseAcl } from './parse-acl.js';
import { Policy } from './policy.js';

/** An ACL file that is followed. */
export interface AclFile {
  /** The last good content. */
  readonly policy: Policy;
  close(): Promise<void>;
}

const maxFileBytes = 4 << 20;

async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > maxFileBytes) throw new AclError(`it has ${size} bytes; at most ${maxFileBytes} are read`);
  return readFile(path, 'utf8');
}

function reasonOf(error: unknown): string {
  return codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
}

/**
 * Opens an ACL file and follows its changes; each takes effect with the next request. A file that is broken or gone later changes
 * nothing: what was in force stays, and a log line says why. Throws StartupError when it cannot be used now.
 */
export async function openAclFile(
  path: string,
  { usersElsewhere, logger }: { readonly usersElsewhere: boolean; readonly logger: Logger },
): Promise<AclFile> {
  let text: string;
  let policy: Policy;

  function take(content: string): void {
    const acl = parseAcl(content, { usersElsewhere });
    policy = new Policy(acl);
    text = content;
    for (const warning of acl.warnings) logger.warn({ path, warning }, 'A rule of the ACL file is for nobody');
  }

  try {
    take(await readText(path));
  } catch (error) {
    throw new StartupError(`--acl_file ${path} cannot be used: ${reasonOf(error)}`);
  }

  async function reread(): Promise<void> {
    try {
      const content = await readText(path);
      if (content === text) return;
      take(content);
      logger.info({ path, users: policy.users.size }, 'The ACL file has changed and is in force');
    } catch (error) {
      logger.error({ path, reason: reasonOf(error) }, 'The ACL file cannot be used; what was in force before stays');
    }
  }

  const follow = followFiles([path], {
    read: reread,
    onError: (error) => logger.warn({ path, reason: messageOf(error) }, 'The ACL file cannot be watched'),
  });
  return {
    get policy() {
      return policy;
    },
    close: () => follow.close(),
  };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../common/package-root.js';
import { pageHeaders } from './page-headers.js';
import type { StaticFolder } from './static-files.js';

/** The pages of our web interface: all of it at the scheduler, what is about one load balancer there. */
export type InterfacePage = 'index.html' | 'rules.html';

/** The folder of the files that are named after their content. */
const hashedFolder = 'assets';

/**
 * Where the files of our own web interface are, with the headers that they are sent with; undefined when this program was built without
 * the page that is asked for. `root` is an absolute path.
 */
export function interfaceFolder(
  page: InterfacePage,
  root: string = join(packageRoot(), 'dist', 'ui'),
): StaticFolder | undefined {
  return existsSync(join(root, page)) ? { root, hashedFolder, headers: pageHeaders } : undefined;
}

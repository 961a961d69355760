import { realpath, stat } from 'node:fs/promises';
import { extname, isAbsolute, relative, resolve, sep } from 'node:path';
import { codeOf } from '../../common/errors.js';

/**
 * The real path of a plugin's module. Throws an Error unless it is a file `*.mjs` or `*.js` within the directory, links followed: whoever
 * may write the configuration must not be able to run code from elsewhere.
 */
export async function pluginFile(directory: string, implementation: string): Promise<string> {
  if (!['.mjs', '.js'].includes(extname(implementation))) {
    throw new Error(
      `'${implementation}' is not the path of an ES module (*.mjs, *.js) in ${directory}; Marathon's plugins, which are Java classes, cannot be loaded`,
    );
  }
  const outside = new Error(`'${implementation}' is not within ${directory}`);
  if (isAbsolute(implementation)) throw outside;
  try {
    const root = await realpath(directory);
    const file = await realpath(resolve(root, implementation));
    const path = relative(root, file);
    if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) throw outside;
    if (!(await stat(file)).isFile()) throw new Error(`'${implementation}' is not a file`);
    return file;
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? new Error(`there is no file '${implementation}' in ${directory}`) : error;
  }
}

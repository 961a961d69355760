import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, StartupError } from '../../common/errors.js';
import { decodeConfig } from './decode-config.js';
import { localResolvers } from './local-resolvers.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';
import { validateConfig } from './validate-config.js';

/** Where `~/` in the path of the file leads: `USERPROFILE` wins over `HOME`, the working directory is the last resort. */
function homeOf(environment: Readonly<Record<string, string | undefined>>): string {
  const { HOME = '', USERPROFILE = '' } = environment;
  return USERPROFILE === '' ? (HOME === '' ? '.' : HOME) : USERPROFILE;
}

/** Reads and validates a configuration file of Mesos-DNS. Throws StartupError or UsageError with its words. */
export function readConfig(
  path: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): MesosDnsConfig {
  const file = resolve(path.replace('~/', () => `${homeOf(environment)}/`));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartupError(`missing configuration file: ${JSON.stringify(file)} (${messageOf(error)})`);
  }
  let decoded;
  try {
    decoded = decodeConfig(text);
  } catch (error) {
    throw new StartupError(`failed to unmarshal config file ${JSON.stringify(file)}: ${messageOf(error)}`);
  }
  return validateConfig({ ...decoded, File: file }, { localResolvers, nowSeconds: Math.floor(Date.now() / 1000) });
}

import { readFile } from 'node:fs/promises';
import { messageOf, UsageError } from '../../common/errors.js';

/**
 * Reads the certificates of `--marathon_ca` as PEM text, at each connection, because they may be renewed; undefined when there is no such
 * file. Throws UsageError when they cannot be read now.
 */
export async function trustReader(caFile: string | undefined): Promise<(() => Promise<string>) | undefined> {
  if (caFile === undefined) return undefined;
  const read = (): Promise<string> => readFile(caFile, 'utf8');
  let text: string;
  try {
    text = await read();
  } catch (error) {
    throw new UsageError(`--marathon_ca ${caFile} cannot be read: ${messageOf(error)}`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new UsageError(`--marathon_ca ${caFile}: holds no certificate in PEM form`);
  }
  return read;
}

import { readFile } from 'node:fs/promises';
import { messageOf, UsageError } from '../common/errors.js';

/** Prints Bamboo's template as one for `--haproxy_template`, and on stderr what is lost, line by line. Resolves with the exit status. */
export async function convertTemplateFile(path: string): Promise<number> {
  const { convertTemplate } = await import('../lb/convert/convert-template.js');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--convert_template ${path} cannot be read: ${messageOf(error)}`);
  }
  const converted = convertTemplate(text);
  process.stdout.write(converted.text);
  for (const { line, reason } of converted.losses) process.stderr.write(`${path}:${line}: ${reason}\n`);
  return converted.losses.length === 0 ? 0 : 1;
}

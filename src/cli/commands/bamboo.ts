import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../../common/errors.js';
import { convertTemplate } from '../../lb/convert/convert-template.js';
import { readBamboo } from '../originals/bamboo.js';
import { runOriginal } from '../run-original.js';

/** What only templates of Go begin an expression with. */
const goExpression = /\{\{-?\s*(?:\.|\$|(?:range|if|with|end|define|template|block)\b)/;
const maxShownLosses = 5;

/**
 * Bamboo's template as one of ours; undefined when it is one of ours already. Throws UsageError when it cannot be read, or not be taken over
 * whole: what is lost is for a person to decide about.
 */
function converted(path: string): string | undefined {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`HAProxy.TemplatePath ${path} cannot be read: ${messageOf(error)}`);
  }
  if (!goExpression.test(source)) return undefined;
  const { text, losses } = convertTemplate(source);
  if (losses.length === 0) return text;
  const shown = losses.slice(0, maxShownLosses).map(({ line, reason }) => `  line ${line}: ${reason}`);
  const more = losses.length > maxShownLosses ? [`  and ${losses.length - maxShownLosses} more`] : [];
  throw new UsageError(
    [
      `HAProxy.TemplatePath ${path}: not all of it can be taken over. Convert it once, look at what is lost, and give the new one:`,
      `  ekiden lb --convert_template ${path} > haproxy.cfg.hbs`,
      ...shown,
      ...more,
    ].join('\n'),
  );
}

/** `bamboo`: resolves with the exit status. Throws UsageError and StartupError. */
export async function run(argv: readonly string[]): Promise<number> {
  return runOriginal(readBamboo(argv, process.env, converted));
}

import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { Violation } from '../core/commands.js';
import type { Surroundings } from '../core/surroundings.js';
import { maxViolations } from '../core/validate/violations.js';
import type { Plugins } from './load-plugins.js';
import { synchronous } from './synchronous.js';

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

/** What a validator has returned, if it is a list of violations. */
function violationsFrom(value: unknown): readonly Violation[] {
  if (!Array.isArray(value)) throw new TypeError('it has not returned a list of violations');
  return value.slice(0, maxViolations).map((element: unknown) => {
    const { path, errors } = (element ?? {}) as { readonly path?: unknown; readonly errors?: unknown };
    if (typeof path !== 'string' || !isTextList(errors)) {
      throw new TypeError('a violation is {"path": text, "errors": list of texts}');
    }
    return { path, errors };
  });
}

/**
 * The rules of all RunSpecValidators as the core asks for them; undefined when there are none. A validator that fails refuses the
 * definition: what could not be checked is not let through.
 */
export function runSpecValidatorOf(
  { validators }: Pick<Plugins, 'validators'>,
  logger: Logger,
): NonNullable<Surroundings['validateRunSpec']> | undefined {
  if (validators.length === 0) return undefined;
  return (kind, json) =>
    validators.flatMap(({ id, plugin }) => {
      try {
        // A copy: parts of the definition itself are in it
        return violationsFrom(synchronous(plugin.validate(structuredClone(json), kind)));
      } catch (error) {
        logger.error({ plugin: id, runSpec: json['id'], reason: messageOf(error) }, 'A RunSpecValidator has failed');
        return [{ path: '/', errors: [`The plugin '${id}' could not check it: ${messageOf(error)}`] }];
      }
    });
}

import { RE2JS } from 're2js';
import { messageOf } from '../../common/errors.js';

/** Offer constraints that are refused; the text says why. */
export class OfferConstraintsError extends Error {
  override readonly name = 'OfferConstraintsError';
}

/** Longer ones are refused. */
const maxRegexLength = 1000;
/** Those that need more steps for one character are refused: counted repetitions multiply. */
const maxProgramSize = 2000;

/** A whole-text match in time linear to the text. Throws OfferConstraintsError for what RE2 does not take. */
export function compileConstraintRegex(regex: string): (value: string) => boolean {
  if (regex.length > maxRegexLength) {
    throw new OfferConstraintsError(`A regex of ${regex.length} characters is too long: ${maxRegexLength} are allowed`);
  }
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(regex);
  } catch (error) {
    throw new OfferConstraintsError(`Failed to construct regex from pattern '${regex}': ${messageOf(error)}`);
  }
  const size = pattern.programSize();
  if (size > maxProgramSize) {
    throw new OfferConstraintsError(`Regex '${regex}' is too complex: ${size} steps, ${maxProgramSize} are allowed`);
  }
  return (value) => pattern.matches(value);
}

import { RE2JS, RE2JSException } from 're2js';

const maxLength = 1_024;
/** An expression that needs more steps than this for one character is not tried. */
const maxProgramSize = 2_000;

/**
 * Whether an expression is found in a text, in time linear in its length, whatever both are; undefined where that cannot be told: HAProxy
 * reads expressions as PCRE does, which knows more (look-around, back-references).
 */
export function findsExpression(expression: string, ignoreCase: boolean, text: string): boolean | undefined {
  if (expression.length > maxLength) return undefined;
  // Beyond ASCII the two have different ideas of upper and lower case
  if (ignoreCase && /[\u0080-\u00ff]/.test(expression + text)) return undefined;
  try {
    const compiled = RE2JS.compile(expression, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return compiled.programSize() > maxProgramSize ? undefined : compiled.matcher(text).find();
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

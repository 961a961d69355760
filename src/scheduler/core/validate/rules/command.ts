import { problem } from '../violations.js';
import type { Rule } from './rule.js';

/** Exactly one of `cmd` and `args`, or neither with an image that brings its own command. */
export const commandRule: Rule = function* ({ cmd, args, container }) {
  const both = cmd !== undefined && args.length > 0;
  const none = cmd === undefined && args.length === 0 && container?.docker?.image === undefined;
  if (!both && !none) return;
  yield problem('', "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.");
  if (both) {
    yield problem(
      '',
      "Both 'cmd' and 'args' are set: keep 'cmd' for a command line that a shell runs, or 'args' for an argument vector. " +
        "In a partial update, send \"args\": [] to switch to 'cmd'; to switch to 'args', send the whole app with ?partialUpdate=false.",
    );
  }
};

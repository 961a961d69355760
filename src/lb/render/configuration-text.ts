import { createHash } from 'node:crypto';
import { generationMark } from '../compile/compile.js';
import { quoteWord } from '../rules/acl-words.js';
import { RenderError } from './renderer.js';

/** A whole configuration, ready to be run. */
export interface ConfigurationText {
  readonly text: string;
  /** A hash of the text: equal texts have equal generations. */
  readonly generation: string;
}

const description = /^[ \t]*description[ \t].*\bgeneration ([0-9a-f]{16})\b/m;

/** The generation that a text, or the `description` of a running HAProxy, names. */
export function generationOf(text: string): string | undefined {
  return description.exec(text)?.[1];
}

/** The line that binds this stats socket; undefined when there is none. */
export function findSocketLine(text: string, statsSocket: string): string | undefined {
  const written = [statsSocket, quoteWord(statsSocket)];
  return text.split('\n').find((line) => {
    const path = /^\s*stats\s+socket\s+(.*)$/.exec(line)?.[1];
    return path !== undefined && written.some((socket) => path === socket || path.startsWith(`${socket} `));
  });
}

/**
 * Turns rendered text into a configuration: puts in the generation number and checks what the load balancer itself relies on.
 * Throws RenderError when the template left that out.
 */
export function finishText(rendered: string, statsSocket: string): ConfigurationText {
  const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.exec(rendered);
  if (control !== null) {
    const line = rendered.slice(0, control.index).split('\n').length;
    throw new RenderError(`line ${line}: a control character`);
  }
  const generation = createHash('sha256').update(rendered).digest('hex').slice(0, 16);
  const text = rendered.replaceAll(generationMark, generation);
  if (generationOf(text) !== generation) {
    throw new RenderError(
      'the template must keep "description ekiden-lb generation {{generation}}" in its global section',
    );
  }
  const socketLine = findSocketLine(text, statsSocket);
  if (socketLine === undefined || !/\blevel admin\b/.test(socketLine) || !/\bexpose-fd listeners\b/.test(socketLine)) {
    throw new RenderError(
      'the template must keep "stats socket {{q global.statsSocket}} mode 600 level admin expose-fd listeners"',
    );
  }
  return { text, generation };
}

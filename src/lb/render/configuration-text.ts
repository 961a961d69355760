import { generationMark } from '../compile/compile.js';
import type { MapFile } from '../compile/routing-model.js';
import { differentLines, skeletonHash } from '../plan/server-lines.js';
import { quoteWord } from '../rules/acl-words.js';
import { RenderError } from './renderer.js';

/** A whole configuration, ready to be run. */
export interface ConfigurationText {
  readonly text: string;
  /**
   * A hash of the text without its servers: as long as it is the same, a running process can be told what is different. A reload that
   * is made all the same cannot be told from the one before by it.
   */
  readonly generation: string;
  /** The files that it looks up. */
  readonly maps: readonly MapFile[];
}

/** With the text it was made from: the next one then costs no more than what is different. */
export interface FinishedText extends ConfigurationText {
  readonly rendered: string;
}

const description = /^[ \t]*description[ \t].*\bgeneration ([0-9a-f]{16})\b/m;

/** The generation that a text, or the `description` of a running HAProxy, names. */
export function generationOf(text: string): string | undefined {
  return description.exec(text)?.[1];
}

/** The line that binds this stats socket; undefined when there is none. */
export function findSocketLine(text: string, statsSocket: string): string | undefined {
  const written = [statsSocket, quoteWord(statsSocket)];
  for (const [line, path] of text.matchAll(/^[ \t]*stats[ \t]+socket[ \t]+(.*)$/gm)) {
    if (written.some((socket) => path === socket || path?.startsWith(`${socket} `) === true)) return line;
  }
  return undefined;
}

function refuseControlCharacters(text: string, from: number, to: number): void {
  const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.exec(text.slice(from, to));
  if (control === null) return;
  const line = text.slice(0, from + control.index).split('\n').length;
  throw new RenderError(`line ${line}: a control character`);
}

/**
 * Turns rendered text into a configuration: puts in the generation and checks what the load balancer itself relies on. `before` is
 * what this gave last. Throws RenderError when the template left that out.
 */
export function finishText(
  rendered: string,
  statsSocket: string,
  { maps = [], before }: { maps?: readonly MapFile[]; before?: FinishedText | undefined } = {},
): FinishedText {
  const different = before === undefined ? undefined : differentLines(before.rendered, rendered);
  if (before !== undefined && different === undefined) return { ...before, maps };
  refuseControlCharacters(rendered, ...(different?.after ?? [0, rendered.length]));
  const generation = skeletonHash(
    rendered,
    before === undefined ? undefined : { text: before.rendered, hash: before.generation },
  );
  if (before?.generation === generation && different !== undefined) {
    // Nothing but servers is different: what was checked stands, with the same number of characters before them.
    const [from, to] = different.before;
    if (!before.rendered.includes(generationMark, from)) {
      const shift = before.text.length - before.rendered.length;
      const text =
        before.text.slice(0, from + shift) + rendered.slice(...different.after) + before.text.slice(to + shift);
      return { rendered, text, generation, maps };
    }
  }
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
  return { rendered, text, generation, maps };
}

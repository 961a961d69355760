/**
 * Templates as Go's text/template reads them: text with actions in `{{…}}`. Read by its documentation, as far as templates of
 * HAProxy configurations use it.
 */

/** A value in an action, with the fields that are taken of it. */
export type Operand = { readonly fields: readonly string[] } & (
  | { readonly kind: 'dot' }
  /** `$name`; an empty name is the whole model. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }
);

/** Calls, each of which gets the result of the one before as its last argument. */
export interface Pipeline {
  /** `$a, $b :=` */
  readonly variables: readonly string[];
  /** They exist already (`=`). */
  readonly isAssignment: boolean;
  readonly commands: readonly (readonly Operand[])[];
}

/** An action, still unconnected to what it opens or closes. */
export interface Action {
  /** From 1. */
  readonly line: number;
  readonly source: string;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
  readonly what:
    | { readonly kind: 'comment'; readonly text: string }
    | { readonly kind: 'output'; readonly pipeline: Pipeline }
    | { readonly kind: 'range' | 'if' | 'with' | 'else if' | 'else with'; readonly pipeline: Pipeline }
    | { readonly kind: 'else' | 'end' }
    | { readonly kind: 'other'; readonly reason: string };
}

export type GoNode =
  { readonly kind: 'text'; readonly text: string; readonly line: number } | ({ readonly kind: 'action' } & Action);

/** A template that cannot be read; the message begins with the line. */
export class GoTemplateError extends Error {
  override readonly name = 'GoTemplateError';
}

const token =
  /\s*(?:(:=|[=|(),])|("(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)')|([+-]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?))|(\$\w*)|((?:\.\w+)+|\.)|(\w+))/y;

interface Token {
  readonly kind: 'sign' | 'text' | 'number' | 'variable' | 'fields' | 'word';
  readonly text: string;
  /** There is no blank before it: `.x` behind it is a field of what came before. */
  readonly isAttached: boolean;
}

const tokenKinds = ['sign', 'text', 'number', 'variable', 'fields', 'word'] as const;

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; source.slice(at).trim() !== '';) {
    token.lastIndex = at;
    const match = token.exec(source);
    if (match === null) throw new Error(`${JSON.stringify(source.slice(at).trim().slice(0, 20))} cannot be read`);
    const index = match.slice(1).findIndex((group) => group !== undefined);
    const kind = tokenKinds[index] ?? 'sign';
    const text = match[index + 1] ?? '';
    tokens.push({ kind, text, isAttached: at > 0 && match[0] === text });
    at = token.lastIndex;
  }
  return tokens;
}

function literalText(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1);
  return text.slice(1, -1).replace(/\\(.)/g, (_match, c: string) => ({ n: '\n', t: '\t', r: '\r' })[c] ?? c);
}

const fieldNames = (text: string): string[] => text.split('.').filter((name) => name !== '');

class PipelineReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = tokensOf(source);
  }

  read(): Pipeline {
    const pipeline = this.#pipeline();
    const left = this.#tokens[this.#at];
    if (left !== undefined) throw new Error(`${JSON.stringify(left.text)} is not expected here`);
    return pipeline;
  }

  #is(text: string): boolean {
    const next = this.#tokens[this.#at];
    return next?.kind === 'sign' && next.text === text;
  }

  #variables(): { variables: string[]; isAssignment: boolean } {
    const variables: string[] = [];
    for (let i = this.#at; this.#tokens[i]?.kind === 'variable'; i += 2) {
      variables.push(this.#tokens[i]?.text.slice(1) ?? '');
      const sign = this.#tokens[i + 1];
      if (sign?.kind === 'sign' && sign.text === ',') continue;
      if (sign?.kind !== 'sign' || (sign.text !== ':=' && sign.text !== '=')) break;
      this.#at = i + 2;
      return { variables, isAssignment: sign.text === '=' };
    }
    return { variables: [], isAssignment: false };
  }

  #pipeline(): Pipeline {
    const declared = this.#variables();
    const commands: Operand[][] = [];
    do {
      if (commands.length > 0) this.#at += 1;
      const operands: Operand[] = [];
      for (let operand = this.#operand(); operand !== undefined; operand = this.#operand()) operands.push(operand);
      if (operands.length === 0) throw new Error('a value is missing');
      commands.push(operands);
    } while (this.#is('|'));
    return { ...declared, commands };
  }

  #fields(): string[] {
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'fields' || !next.isAttached || next.text === '.') return [];
    this.#at += 1;
    return fieldNames(next.text);
  }

  #operand(): Operand | undefined {
    const next = this.#tokens[this.#at];
    if (next === undefined) return undefined;
    if (this.#is('(')) {
      this.#at += 1;
      const pipeline = this.#pipeline();
      if (!this.#is(')')) throw new Error('a ) is missing');
      this.#at += 1;
      return { kind: 'pipeline', pipeline, fields: this.#fields() };
    }
    if (next.kind === 'sign') return undefined;
    this.#at += 1;
    switch (next.kind) {
      case 'fields':
        return { kind: 'dot', fields: fieldNames(next.text) };
      case 'variable':
        return { kind: 'variable', name: next.text.slice(1), fields: this.#fields() };
      case 'number':
        return { kind: 'literal', value: Number(next.text), fields: [] };
      case 'text':
        return { kind: 'literal', value: literalText(next.text), fields: [] };
      case 'word':
        if (next.text === 'true' || next.text === 'false') {
          return { kind: 'literal', value: next.text === 'true', fields: [] };
        }
        if (next.text === 'nil') return { kind: 'literal', value: null, fields: [] };
        return { kind: 'function', name: next.text, fields: this.#fields() };
    }
  }
}

function read(source: string): Action['what'] {
  const text = source.trim();
  if (text.startsWith('/*')) return { kind: 'comment', text: text.slice(2, -2) };
  const [, word = '', rest = ''] = /^(\w+)\b\s*([^]*)$/.exec(text) ?? [];
  switch (word) {
    case 'range':
    case 'if':
    case 'with':
      return { kind: word, pipeline: new PipelineReader(rest).read() };
    case 'else': {
      const [, more = '', condition = ''] = /^(if|with)\b\s*([^]*)$/.exec(rest) ?? [];
      if (more === '') return { kind: 'else' };
      return { kind: more === 'if' ? 'else if' : 'else with', pipeline: new PipelineReader(condition).read() };
    }
    case 'end':
      return { kind: 'end' };
    case 'define':
    case 'template':
    case 'block':
      return { kind: 'other', reason: `templates in templates ({{${word}}}) are not converted` };
    case 'break':
    case 'continue':
      return { kind: 'other', reason: `{{${word}}} has no counterpart` };
    default:
      return { kind: 'output', pipeline: new PipelineReader(text).read() };
  }
}

/** Where an action ends: `}}` outside of quotes and comments. */
function endOf(text: string, start: number): number {
  const comment = /^-?\s*\/\*/.exec(text.slice(start, start + 20));
  if (comment !== null) {
    const close = text.indexOf('*/', start);
    return close === -1 ? -1 : text.indexOf('}}', close);
  }
  const part = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)'|(\}\})/g;
  part.lastIndex = start;
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    if (match[1] !== undefined) return match.index;
  }
  return -1;
}

/** Splits a template into text and actions. Throws GoTemplateError. */
export function readGoTemplate(text: string): GoNode[] {
  const nodes: GoNode[] = [];
  let line = 1;
  const lines = (part: string): number => part.split('\n').length - 1;
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('{{', at);
    const before = text.slice(at, open === -1 ? text.length : open);
    if (before !== '') nodes.push({ kind: 'text', text: before, line });
    line += lines(before);
    if (open === -1) break;
    const close = endOf(text, open + 2);
    if (close === -1) throw new GoTemplateError(`line ${line}: a {{ is not closed`);
    const inside = text.slice(open + 2, close);
    const trimsBefore = /^-\s/.test(inside);
    const trimsAfter = /\s-$/.test(inside);
    const source = inside.slice(trimsBefore ? 1 : 0, trimsAfter ? -1 : undefined);
    try {
      nodes.push({ kind: 'action', line, source: source.trim(), trimsBefore, trimsAfter, what: read(source) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      nodes.push({
        kind: 'action',
        line,
        source: source.trim(),
        trimsBefore,
        trimsAfter,
        what: { kind: 'other', reason },
      });
    }
    line += lines(inside);
    at = close + 2;
  }
  return nodes;
}

import { templateFunctions, readTemplate } from '../render/template-tree.js';
import { readGoTemplate } from './go-template.js';
import type { Action, Operand, Pipeline } from './go-template.js';

/** Something of a template that could not be taken over as it is. */
export interface Loss {
  /** Of the original, from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface ConvertedTemplate {
  /** For `--haproxy_template`. */
  readonly text: string;
  /** What the new one does not do, in the order of lines. */
  readonly losses: readonly Loss[];
}

/** Functions by their names in Handlebars, where these are different. */
const renamed: Readonly<Record<string, string>> = { println: 'print' };

/** Maps are true in Go when they have entries, in Handlebars always. */
const maps = new Set(['Env', 'Labels', 'Services', 'Config']);

class Unconvertible extends Error {}

const variableName = (name: string): string => `_${name}`;

function quotedText(text: string): string {
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  throw new Unconvertible('a text with both kinds of quotes');
}

function operandText(operand: Operand): string {
  const { fields } = operand;
  switch (operand.kind) {
    case 'dot':
      return ['this', ...fields].join('.');
    case 'variable':
      return [operand.name === '' ? '@root' : variableName(operand.name), ...fields].join('.');
    case 'literal':
      return typeof operand.value === 'string' ? quotedText(operand.value) : String(operand.value);
    case 'function':
      return callText([operand], undefined);
    case 'pipeline':
      return fields.reduce((text, field) => `(lookup ${text} "${field}")`, pipelineText(operand.pipeline));
  }
}

function callText([first, ...parameters]: readonly Operand[], piped: string | undefined): string {
  if (first === undefined) throw new Unconvertible('a value is missing');
  const values = [...parameters.map(operandText), ...(piped === undefined ? [] : [piped])];
  if (first.kind !== 'function') {
    if (values.length > 0) throw new Unconvertible('a method with arguments');
    return operandText(first);
  }
  const name = renamed[first.name] ?? first.name;
  if (!templateFunctions.has(name)) throw new Unconvertible(`the function ${first.name} is not known`);
  if (values.length === 0) throw new Unconvertible(`the function ${first.name} without arguments`);
  return `(${[name, ...values].join(' ')})`;
}

/** An expression that can stand as an argument. */
function pipelineText({ commands }: Pipeline): string {
  const [first = [], ...rest] = commands;
  return rest.reduce((text, command) => callText(command, text), callText(first, undefined));
}

function conditionText(pipeline: Pipeline): string {
  const text = pipelineText(pipeline);
  return maps.has(text.split('.').at(-1) ?? '') ? `(isTrue ${text})` : text;
}

/** What an `{{end}}` closes, the innermost last: with the `let`s that it began. */
interface Open {
  readonly block: 'each' | 'if' | 'with' | 'lost' | 'all';
  lets: number;
  /** Closed behind the block: what `{{if $x := …}}` declares. */
  readonly around: number;
}

/** Lines that no HAProxy since 2.1 takes. */
const gone =
  /^[ \t]*((?:reqi?|rspi?)(?:rep|add|del|allow|deny|pass|tarpit|setbe)|block|nbproc|contimeout|clitimeout|srvtimeout)\b/;

class Conversion {
  readonly #losses: Loss[] = [];
  readonly #open: Open[] = [{ block: 'all', lets: 0, around: 0 }];
  #text = '';

  run(source: string): ConvertedTemplate {
    for (const node of readGoTemplate(source)) {
      if (node.kind === 'text') this.#text += node.text;
      else this.#action(node);
    }
    for (const open of this.#open.splice(0).reverse()) {
      if (open.block !== 'all' && open.block !== 'lost')
        this.#lose(source.split('\n').length, 'a block without {{end}}');
      this.#text += '{{/let}}'.repeat(open.lets);
      if (open.block !== 'all' && open.block !== 'lost') this.#text += `{{/${open.block}}}`;
      this.#text += '{{/let}}'.repeat(open.around);
    }
    for (const [i, line] of source.split('\n').entries()) {
      const word = gone.exec(line)?.[1];
      if (word !== undefined) this.#lose(i + 1, `HAProxy has no "${word}" any more`);
      if (/^[ \t]*listen[ \t]+.*[ \t][^ \t]*:\d[^ \t]*[ \t]*$|^[ \t]*listen[ \t].*[ \t]:\{\{.*\}\}[ \t]*$/.test(line)) {
        this.#lose(i + 1, 'HAProxy wants the address of a "listen" section in a "bind" line');
      }
    }
    return { text: this.#text, losses: this.#losses.sort((a, b) => a.line - b.line) };
  }

  #lose(line: number, reason: string): void {
    this.#losses.push({ line, reason });
  }

  /** `{{…}}` with the marks that take blanks away. */
  #put({ trimsBefore, trimsAfter }: Action, inside: string): void {
    // Behind a backslash Handlebars would take braces for text.
    if (/(^|[^\\])\\$/.test(this.#text)) this.#text += '\\';
    this.#text += `{{${trimsBefore ? '~' : ''}${inside}${trimsAfter ? '~' : ''}}}`;
    // Handlebars takes the end of a line that holds nothing else; the one before is gone already.
    if (trimsBefore && !trimsAfter) this.#text += '{{print ""}}';
  }

  #leaveOut(action: Action, reason: string): void {
    this.#lose(action.line, `{{${action.source}}}: ${reason}`);
    this.#put(action, `!-- not converted: ${action.source.replaceAll('--', '- -')} --`);
  }

  #action(action: Action): void {
    try {
      this.#convert(action);
    } catch (error) {
      if (!(error instanceof Unconvertible)) throw error;
      this.#leaveOut(action, error.message);
      const { kind } = action.what;
      if (kind === 'range' || kind === 'if' || kind === 'with') this.#open.push({ block: 'lost', lets: 0, around: 0 });
    }
  }

  #convert(action: Action): void {
    const { what } = action;
    const innermost = this.#open.at(-1);
    switch (what.kind) {
      case 'comment':
        this.#put(action, `!-- ${what.text.trim().replaceAll('--', '- -')} --`);
        break;
      case 'output':
        this.#output(action, what.pipeline);
        break;
      case 'range':
      case 'with': {
        const { variables, isAssignment } = what.pipeline;
        if (isAssignment) throw new Unconvertible('a variable cannot be given another value');
        const names = variables.map(variableName);
        // Go names the place first, Handlebars the item.
        const ordered = what.kind === 'range' ? names.toReversed() : names;
        const named = ordered.length === 0 ? '' : ` as |${ordered.join(' ')}|`;
        const block = what.kind === 'range' ? 'each' : 'with';
        this.#put(action, `#${block} ${pipelineText(what.pipeline)}${named}`);
        this.#open.push({ block, lets: 0, around: 0 });
        break;
      }
      case 'if': {
        const { variables, isAssignment } = what.pipeline;
        if (isAssignment) throw new Unconvertible('a variable cannot be given another value');
        const [variable] = variables;
        if (variable === undefined) {
          this.#put(action, `#if ${conditionText(what.pipeline)}`);
        } else {
          this.#put(action, `#let ${pipelineText(what.pipeline)} as |${variableName(variable)}|`);
          this.#text += `{{#if (isTrue ${variableName(variable)})}}`;
        }
        this.#open.push({ block: 'if', lets: 0, around: variable === undefined ? 0 : 1 });
        break;
      }
      case 'else':
      case 'else if':
        if (innermost === undefined || innermost.block === 'all') throw new Unconvertible('it belongs to nothing');
        if (innermost.block === 'lost') throw new Unconvertible('what it belongs to is not converted');
        if (what.kind === 'else if' && innermost.block !== 'if') throw new Unconvertible('it belongs to no if');
        if (what.kind === 'else if' && what.pipeline.variables.length > 0)
          throw new Unconvertible('a variable in "else if"');
        this.#text += '{{/let}}'.repeat(innermost.lets);
        innermost.lets = 0;
        this.#put(action, !('pipeline' in what) ? 'else' : `else if ${conditionText(what.pipeline)}`);
        break;
      case 'end':
        if (innermost === undefined || innermost.block === 'all') throw new Unconvertible('it belongs to nothing');
        this.#open.pop();
        this.#text += '{{/let}}'.repeat(innermost.lets);
        if (innermost.block === 'lost') break;
        this.#put(action, `/${innermost.block}`);
        this.#text += '{{/let}}'.repeat(innermost.around);
        break;
      case 'else with':
        throw new Unconvertible('it has no counterpart');
      case 'other':
        throw new Unconvertible(what.reason);
    }
  }

  #output(action: Action, pipeline: Pipeline): void {
    const { variables, isAssignment } = pipeline;
    if (isAssignment) throw new Unconvertible('a variable cannot be given another value');
    const text = pipelineText(pipeline);
    const [variable] = variables;
    const innermost = this.#open.at(-1);
    if (variable !== undefined && innermost !== undefined) {
      this.#put(action, `#let ${text} as |${variableName(variable)}|`);
      innermost.lets += 1;
      return;
    }
    // A call is put out without the brackets that it has as an argument.
    const bare = text.startsWith('(') ? text.slice(1, -1) : text;
    this.#put(action, /^["'\d-]/.test(bare) ? `print ${bare}` : bare);
  }
}

/** Puts `q` where text from outside is put out. */
function quoteOutsideText(text: string): string {
  const lines = text.split('\n');
  const starts: number[] = [];
  for (let at = 0, i = 0; i < lines.length; at += (lines[i]?.length ?? 0) + 1, i += 1) starts.push(at);
  let result = text;
  for (const { line, column } of readTemplate(text).problems.toReversed()) {
    const at = (starts[line - 1] ?? 0) + column;
    result = `${result.slice(0, at)}${result
      .slice(at)
      .replace(/^\{\{(~?)\s*([^]*?)\s*(~?)\}\}/, (_all, before: string, inside: string, after: string) => {
        return `{{${before}q ${inside.includes(' ') ? `(${inside})` : inside}${after}}}`;
      })}`;
  }
  return result;
}

/** What Ekiden relies on takes the place of the template's own lines. */
function withOwnLines(text: string): string {
  const lines = text.split('\n').filter((line) => !/^[ \t]*(stats[ \t]+socket|description)\b/.test(line));
  const own = [
    '  description ekiden-lb generation {{generation}}',
    '  stats socket {{q global.statsSocket}} mode 600 level admin expose-fd listeners',
    '  hard-stop-after {{global.hardStopAfterSeconds}}s',
  ];
  const global = lines.findIndex((line) => /^[ \t]*global\b/.test(line));
  if (global === -1) return ['global', ...own, '', ...lines].join('\n');
  return [...lines.slice(0, global + 1), ...own, ...lines.slice(global + 1)].join('\n');
}

/**
 * Converts a template of Bamboo's (Go's text/template over `Apps` and `Services`) into one for `--haproxy_template`. Text from apps
 * is quoted in it. Throws GoTemplateError when it cannot be read at all.
 */
export function convertTemplate(source: string): ConvertedTemplate {
  const { text, losses } = new Conversion().run(source.replaceAll('\r\n', '\n'));
  return { text: withOwnLines(quoteOutsideText(text)), losses };
}

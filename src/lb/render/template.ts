import Handlebars from 'handlebars';
import { unsafeCharacters } from '../rules/acl-words.js';
import { helpers } from './helpers.js';
import { OutsideText } from './outside-text.js';
import { wrapModel } from './wrap-model.js';
import { blockNames, dependsOnItemAlone, isPath } from './template-tree.js';

/** A template, ready to be run. */
export interface Template {
  /** The text. */
  (model: object): string;
  /** The same in pieces: those that have not changed are the same strings as the time before. */
  pieces(model: object): string[];
}

/**
 * Stands, while a text is made, before each keyword that begins a section in the template's own text: a section without it was put
 * in by a value.
 */
const ownSection = '\u0001';
/** Around the number of a list whose items' texts are put in at the end. */
const listMark = '\u0002';

const sectionWords =
  'global|defaults|frontend|backend|listen|userlist|peers|resolvers|cache|mailers|program|http-errors|ring|log-forward';
const sectionInTemplate = new RegExp(`(^|\\n)([ \\t]*)(?=(?:${sectionWords})\\b)`, 'g');
const foreignSection = new RegExp(`^[ \\t]*(${sectionWords})\\b`, 'm');

/** Lists of the model whose items keep their identity from one rendering to the next. */
export const keptLists = ['backends', 'listeners', 'userlists', 'Apps'] as const;

const builtIn = ['if', 'unless', 'each', 'with', 'lookup'];

/** Checks what came out, and takes the marks off. */
function checked(text: string): string {
  const foreign = foreignSection.exec(text);
  if (foreign !== null) {
    throw new Error(`a value begins a section of its own: ${JSON.stringify(foreign[0].trim())}`);
  }
  return text.replaceAll(ownSection, '');
}

/** What stands for it in messages. */
interface Output {
  readonly name: string;
  readonly line: number;
}

/** What is put out by `{{…}}`, as text that fits in a line. */
function outputText(value: unknown, { name, line }: Output): string {
  if (value === null) return '';
  if (typeof value === 'string') {
    const unsafe = unsafeCharacters.exec(value);
    if (unsafe !== null && unsafe[0] !== '\t') throw new Error(`line ${line}: "${name}" holds a control character`);
    return value;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined) throw new Error(`line ${line}: "${name}" not defined`);
  if (value instanceof OutsideText) {
    throw new Error(`line ${line}: "${name}" is text from outside, put out without quotes: write {{q …}}`);
  }
  throw new Error(`line ${line}: "${name}" has several parts`);
}

/**
 * Compiles a template: Handlebars without HTML escaping (this is no HTML), strict about fields that do not exist, with the
 * helpers of helpers.ts and `let` only. The template comes from the operator, never from an app. Throws when it cannot be parsed.
 *
 * The text of an item of `backends`, `listeners` … is kept as long as the item is the same object and the template looks at nothing
 * else there. No value can put in a line, or begin a section.
 */
export function compileTemplate(text: string): Template {
  const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.exec(text);
  if (control !== null) throw new Error(`line ${text.slice(0, control.index).split('\n').length}: a control character`);
  const handlebars = Handlebars.create();
  const outputs: Output[] = [];
  const memos: WeakMap<object, string>[] = [];
  /** The lists that this rendering has met: its text holds their numbers. */
  let lists: string[][] = [];

  for (const [name, helper] of Object.entries(helpers)) {
    handlebars.registerHelper(name, (...parameters: unknown[]) => helper(...parameters.slice(0, -1)));
  }
  handlebars.registerHelper('let', function (this: unknown, ...parameters: unknown[]) {
    const options = parameters.pop() as Handlebars.HelperOptions;
    return options.fn(this, { data: options.data as unknown, blockParams: parameters });
  });
  handlebars.registerHelper('__put', (value: unknown, output: number) =>
    outputText(value, outputs[output] ?? { name: '', line: 0 }),
  );
  handlebars.registerHelper(
    '__items',
    function (this: unknown, items: readonly object[] | undefined, memo: number, options: Handlebars.HelperOptions) {
      const texts = (memos[memo] ??= new WeakMap<object, string>());
      if (items === undefined || items.length === 0) return options.inverse(this);
      const parts = items.map((item) => {
        let part = texts.get(item);
        if (part === undefined) {
          part = checked(options.fn(item, { data: options.data as unknown, blockParams: [item] }));
          texts.set(item, part);
        }
        return part;
      });
      return `${listMark}${lists.push(parts) - 1}${listMark}`;
    },
  );

  const tree = Handlebars.parse(text);
  new Preparation(outputs, new Set(['__put', '__items', 'let', ...builtIn, ...Object.keys(helpers)])).body(
    tree,
    [],
    true,
  );
  const template = handlebars.compile(tree, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(['let', '__put', '__items', ...Object.keys(helpers)].map((name) => [name, true])),
  });
  function pieces(model: object): string[] {
    lists = [];
    const own = checked(template(wrapModel(model))).split(listMark);
    return own.flatMap((piece, i) => (i % 2 === 0 ? [piece] : (lists[Number(piece)] ?? [])));
  }
  return Object.assign((model: object) => pieces(model).join(''), { pieces });
}

/** Puts the guards into the tree of a template. */
class Preparation {
  readonly #outputs: Output[];
  readonly #helpers: ReadonlySet<string>;
  #memos = 0;

  constructor(outputs: Output[], knownHelpers: ReadonlySet<string>) {
    this.#outputs = outputs;
    this.#helpers = knownHelpers;
  }

  /** `isRoot`: the context is the model. */
  body(program: hbs.AST.Program | undefined, names: readonly string[], isRoot: boolean): void {
    for (const node of program?.body ?? []) {
      switch (node.type) {
        case 'ContentStatement': {
          const content = node as hbs.AST.ContentStatement;
          content.value = content.value.replace(sectionInTemplate, `$1$2${ownSection}`);
          break;
        }
        case 'MustacheStatement':
          this.#output(node as hbs.AST.MustacheStatement);
          break;
        case 'BlockStatement':
          this.#block(node as hbs.AST.BlockStatement, names, isRoot);
          break;
        case 'DecoratorBlock':
          this.body((node as hbs.AST.DecoratorBlock).program, names, false);
          break;
        case 'PartialBlockStatement':
          this.body((node as hbs.AST.PartialBlockStatement).program, names, false);
          break;
      }
    }
  }

  #output(node: hbs.AST.MustacheStatement): void {
    const { path, params, hash, loc } = node;
    const name = isPath(path) ? path.original : 'a literal';
    const isCall = params.length > 0 || (isPath(path) && this.#helpers.has(name));
    const value: hbs.AST.Expression = isCall
      ? ({ type: 'SubExpression', path, params, hash, loc } as hbs.AST.SubExpression)
      : path;
    const index = this.#outputs.push({ name, line: loc.start.line }) - 1;
    node.path = helperPath('__put', loc);
    node.params = [value, numberLiteral(index, loc)];
    node.hash = { type: 'Hash', pairs: [], loc };
  }

  #block(node: hbs.AST.BlockStatement, names: readonly string[], isRoot: boolean): void {
    const name = node.path.original;
    if (name === 'each' && this.#isKeptList(node, names, isRoot) && dependsOnItemAlone(node, new Set(names))) {
      node.path = helperPath('__items', node.loc);
      node.params.push(numberLiteral(this.#memos, node.loc));
      this.#memos += 1;
    }
    const entersContext = name === 'each' || name === 'with';
    this.body(node.program, [...names, ...blockNames(node.program)], isRoot && !entersContext);
    this.body(node.inverse, names, isRoot);
  }

  #isKeptList(node: hbs.AST.BlockStatement, names: readonly string[], isRoot: boolean): boolean {
    const [list, ...more] = node.params;
    if (list === undefined || more.length > 0 || !isPath(list)) return false;
    const [first, second, ...rest] = list.parts;
    if (rest.length > 0) return false;
    const field = list.data ? (first === 'root' ? second : undefined) : second === undefined ? first : undefined;
    if (!keptLists.some((kept) => kept === field)) return false;
    return list.data || (isRoot && list.depth === 0 && !names.includes(field ?? ''));
  }
}

function helperPath(name: string, loc: hbs.AST.SourceLocation): hbs.AST.PathExpression {
  return { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc };
}

function numberLiteral(value: number, loc: hbs.AST.SourceLocation): hbs.AST.NumberLiteral {
  return { type: 'NumberLiteral', value, original: value, loc };
}

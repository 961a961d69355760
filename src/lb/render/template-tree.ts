import Handlebars from 'handlebars';
import { helpers, quotingHelpers } from './helpers.js';
import { fieldOf, mixed, modelShape, outside, safe, unknown } from './shapes.js';
import type { Shape } from './shapes.js';

/** Something in a template that is refused before it is used. */
export interface TemplateProblem {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  readonly reason: string;
}

/** What templates can call, besides what Handlebars has itself. */
export const templateFunctions: ReadonlySet<string> = new Set(Object.keys(helpers));

/** What is known of a template without running it. */
export interface TemplateReport {
  readonly problems: readonly TemplateProblem[];
  /** It reads Bamboo's model (`Apps`, `Services`), which is made for templates that do. */
  readonly usesApps: boolean;
}

/** Where an expression stands: what `this`, `../` and names mean there. */
interface Scope {
  /** The innermost context is the last. */
  readonly contexts: readonly Shape[];
  readonly names: ReadonlyMap<string, Shape>;
  /** `@key`, `@index` … of the innermost `each`. */
  readonly key: Shape;
}

const rootScope: Scope = { contexts: [modelShape], names: new Map(), key: safe };

/** `this.x` and `./x` are fields, whatever names there are. */
const isScoped = (path: hbs.AST.PathExpression): boolean => /^\.|^this\b/.test(path.original);

export const isPath = (node: hbs.AST.Expression | hbs.AST.Node): node is hbs.AST.PathExpression =>
  node.type === 'PathExpression';
const isCall = (node: hbs.AST.Expression): node is hbs.AST.SubExpression => node.type === 'SubExpression';
const isText = (node: hbs.AST.Expression): node is hbs.AST.StringLiteral => node.type === 'StringLiteral';

/** The names behind `as |…|`. */
export function blockNames(program: { readonly blockParams?: readonly string[] } | undefined): readonly string[] {
  return program?.blockParams ?? [];
}

class Reader {
  readonly problems: TemplateProblem[] = [];
  usesApps = false;

  body(program: hbs.AST.Program | undefined, scope: Scope): void {
    for (const statement of program?.body ?? []) this.#statement(statement, scope);
  }

  #statement(node: hbs.AST.Statement, scope: Scope): void {
    switch (node.type) {
      case 'MustacheStatement':
        this.#output(node as hbs.AST.MustacheStatement, scope);
        break;
      case 'BlockStatement':
        this.#block(node as hbs.AST.BlockStatement, scope);
        break;
      case 'DecoratorBlock':
        this.body((node as hbs.AST.DecoratorBlock).program, scope);
        break;
      case 'PartialBlockStatement':
        this.body((node as hbs.AST.PartialBlockStatement).program, scope);
        break;
    }
  }

  #output(node: hbs.AST.MustacheStatement, scope: Scope): void {
    const shape = this.#call(node.path, node.params, scope);
    if (shape.kind !== 'outside') return;
    const name = isPath(node.path) ? node.path.original : 'this';
    const words = [name, ...node.params.map((p) => (isPath(p) ? p.original : '…'))].join(' ');
    const quoted = node.params.length === 0 ? `{{q ${words}}}` : `{{q (${words})}}`;
    this.problems.push({
      line: node.loc.start.line,
      column: node.loc.start.column,
      reason: `"${words}" is text from outside, which could be any line of configuration: write ${quoted}`,
    });
  }

  #block(node: hbs.AST.BlockStatement, scope: Scope): void {
    const name = node.path.original;
    const [first] = node.params;
    const shapes = node.params.map((param) => this.#expression(param, scope));
    const given = shapes[0] ?? unknown;
    const names = blockNames(node.program);
    const inner = (context: Shape | undefined, values: readonly Shape[], key: Shape): Scope => ({
      contexts: context === undefined ? scope.contexts : [...scope.contexts, context],
      names: new Map([...scope.names, ...names.map((n, i) => [n, values[i] ?? unknown] as const)]),
      key,
    });
    if (name === 'each' && first !== undefined) {
      const item = given.kind === 'outside' ? outside : fieldOf(given, undefined);
      const key = given.kind === 'map' ? given.keys : safe;
      this.body(node.program, inner(item, [item, key], key));
    } else if (name === 'with') {
      this.body(node.program, inner(given, [given], scope.key));
    } else {
      this.body(node.program, inner(undefined, shapes, scope.key));
    }
    this.body(node.inverse, scope);
  }

  /** What a call, or a mere path, gives. */
  #call(path: hbs.AST.Expression, params: readonly hbs.AST.Expression[], scope: Scope): Shape {
    if (!isPath(path)) return safe;
    if (params.length === 0) return this.#path(path, scope);
    const shapes = params.map((param) => this.#expression(param, scope));
    const name = path.original;
    if (quotingHelpers.has(name)) return safe;
    if (name === 'lookup' || name === 'index' || name === 'getService') {
      return params
        .slice(1)
        .reduce((shape, key) => fieldOf(shape, isText(key) ? key.value : undefined), shapes[0] ?? unknown);
    }
    if (name === 'Split') return { kind: 'list', of: mixed(shapes) };
    return mixed(shapes);
  }

  #expression(node: hbs.AST.Expression, scope: Scope): Shape {
    if (isPath(node)) return this.#path(node, scope);
    if (isCall(node)) return this.#call(node.path, node.params, scope);
    return safe;
  }

  #path(path: hbs.AST.PathExpression, scope: Scope): Shape {
    const [head, ...rest] = path.parts;
    let shape: Shape;
    let fields: readonly string[] = path.parts;
    if (path.data) {
      if (head !== 'root') return head === 'key' ? scope.key : safe;
      shape = modelShape;
      fields = rest;
    } else {
      const named = path.depth === 0 && !isScoped(path) && head !== undefined ? scope.names.get(head) : undefined;
      shape = named ?? scope.contexts.at(-1 - path.depth) ?? unknown;
      if (named !== undefined) fields = rest;
    }
    if (shape === modelShape && (fields[0] === 'Apps' || fields[0] === 'Services' || fields.length === 0)) {
      this.usesApps = true;
    }
    return fields.reduce((found, field) => fieldOf(found, field), shape);
  }
}

/** Reads a template without running it. Throws when it cannot be parsed. */
export function readTemplate(text: string): TemplateReport {
  const reader = new Reader();
  reader.body(Handlebars.parse(text), rootScope);
  const { problems, usesApps } = reader;
  return { problems, usesApps };
}

/** Whether what stands in an `each` depends on nothing but its item, so that equal items give equal text. */
export function dependsOnItemAlone(block: hbs.AST.BlockStatement, namesAround: ReadonlySet<string>): boolean {
  const [item, ...position] = blockNames(block.program);
  const known = new Set(item === undefined ? [] : [item]);
  const forbidden = new Set([...namesAround, ...position]);
  return dependsOnly(block.program, { known, forbidden, depth: 0 });
}

interface Around {
  readonly known: ReadonlySet<string>;
  readonly forbidden: ReadonlySet<string>;
  /** How many contexts have been entered since the item's. */
  readonly depth: number;
}

function dependsOnly(program: hbs.AST.Program | undefined, around: Around): boolean {
  return (program?.body ?? []).every((node) => {
    switch (node.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return true;
      case 'MustacheStatement': {
        const { path, params, hash } = node as hbs.AST.MustacheStatement;
        return callDependsOnly(path, params, hash, around);
      }
      case 'BlockStatement': {
        const { path, params, hash, program, inverse } = node as hbs.AST.BlockStatement;
        const enters = path.original === 'each' || path.original === 'with';
        const known = new Set([...around.known, ...blockNames(program)]);
        const inner = { ...around, known, depth: around.depth + (enters ? 1 : 0) };
        return (
          params.every((param) => expressionDependsOnly(param, around)) &&
          (hash?.pairs ?? []).every(({ value }) => expressionDependsOnly(value, around)) &&
          dependsOnly(program, inner) &&
          dependsOnly(inverse, around)
        );
      }
      default:
        return false;
    }
  });
}

function callDependsOnly(
  path: hbs.AST.Expression,
  params: readonly hbs.AST.Expression[],
  hash: hbs.AST.Hash | undefined,
  around: Around,
): boolean {
  const isHelper = params.length > 0;
  return (
    (isHelper || expressionDependsOnly(path, around)) &&
    params.every((param) => expressionDependsOnly(param, around)) &&
    (hash?.pairs ?? []).every(({ value }) => expressionDependsOnly(value, around))
  );
}

function expressionDependsOnly(node: hbs.AST.Expression, around: Around): boolean {
  if (isCall(node)) return callDependsOnly(node.path, node.params, node.hash, around);
  if (!isPath(node)) return true;
  const [head] = node.parts;
  // `@index` and the like belong to the innermost `each`, which is the item's own unless another one has been entered.
  if (node.data) return head !== 'root' && around.depth > 0 && node.depth === 0;
  if (node.depth > around.depth) return false;
  if (node.depth > 0 || isScoped(node) || head === undefined) return true;
  return around.known.has(head) || !around.forbidden.has(head);
}

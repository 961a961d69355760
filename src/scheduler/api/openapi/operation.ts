import type { TSchema } from 'typebox';

/** A parameter of a query string or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header';
  readonly description: string;
  readonly required?: true;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What a body holds. */
export interface Content {
  readonly schema: TSchema;
  /** Default `application/json`. */
  readonly mediaType?: string;
  readonly example?: unknown;
}

export interface Answer {
  readonly description: string;
  /** None: the body is empty. Several: the client chooses by its Accept header. */
  readonly content?: Content | readonly Content[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The statuses of refusals that are described once for all. */
export type ErrorStatus = 400 | 404 | 406 | 409 | 422 | 501 | 502;

/** What one method of a URL does. */
export interface Operation {
  /** Unique in the document. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: Content & { readonly description?: string };
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides 401, 403 and 503, which everything may be answered with. */
  readonly errors?: readonly ErrorStatus[];
  readonly deprecated?: true;
}

export type DocumentedMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** URLs, as templates, and what their methods do. */
export type Paths = Readonly<Record<string, Readonly<Partial<Record<DocumentedMethod, Operation>>>>>;

/** The URLs of one kind of thing. */
export interface Resource {
  /** Its name, under which the operations are shown together. */
  readonly tag: string;
  readonly description: string;
  readonly paths: Paths;
}

/** A parameter that is `true` in any case, or false. */
export function flag(name: string, byDefault: boolean, description: string): Parameter {
  return { name, in: 'query', description, schema: { type: 'boolean', default: byDefault } };
}

export function text(name: string, description: string, byDefault?: string): Parameter {
  const schema = byDefault === undefined ? { type: 'string' } : { type: 'string', default: byDefault };
  return { name, in: 'query', description, schema };
}

/** A parameter that may be repeated. */
export function list(name: string, description: string, values?: readonly string[]): Parameter {
  const items = values === undefined ? { type: 'string' } : { type: 'string', enum: values };
  return { name, in: 'query', description, schema: { type: 'array', items } };
}

/** An answer in JSON. */
export function json(description: string, schema: TSchema, example?: unknown): Answer {
  return { description, content: { schema, ...(example === undefined ? {} : { example }) } };
}

export const force = flag('force', false, 'Cancel deployments that are in the way, rather than refuse.');

/** A body that is not the message it should be; the text is the one Mesos puts into its 400 answer. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

type Scalar = 'string' | 'number' | 'uint' | 'bool' | 'bytes' | 'object' | { readonly oneOf: readonly string[] };

interface FieldRule {
  readonly type: Scalar | MessageRule;
  readonly required?: boolean;
  /** `list`: an empty one when it is absent. */
  readonly repeated?: 'as given' | 'list';
}

/** The fields of a message that are looked at; all others pass as they are. */
export interface MessageRule {
  readonly fields: Readonly<Record<string, FieldRule>>;
}

export function message(fields: Readonly<Record<string, FieldRule>>): MessageRule {
  return { fields };
}
export const optional = (type: Scalar | MessageRule): FieldRule => ({ type });
export const required = (type: Scalar | MessageRule): FieldRule => ({ type, required: true });
export const repeated = (type: Scalar | MessageRule): FieldRule => ({ type, repeated: 'as given' });
export const list = (type: Scalar | MessageRule): FieldRule => ({ type, repeated: 'list' });

function kindOf(json: unknown): string {
  if (Array.isArray(json)) return 'array';
  return typeof json === 'boolean' ? 'boolean' : typeof json;
}

function refuse(json: unknown, name: string): never {
  throw new MessageError(`Not expecting a JSON ${kindOf(json)} for field '${name}'`);
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** `undefined` = an enum value that this version does not know, which protobuf takes for an absent field. */
function readValue(type: Scalar | MessageRule, json: unknown, name: string, path: string, missing: string[]): unknown {
  if (typeof type === 'object' && 'fields' in type) {
    return isObject(json) ? readFields(type, json, `${path}.`, missing) : refuse(json, name);
  }
  if (typeof type === 'object') {
    if (typeof json !== 'string') refuse(json, name);
    return type.oneOf.includes(json) ? json : undefined;
  }
  switch (type) {
    case 'string':
      return typeof json === 'string' ? json : refuse(json, name);
    case 'bool':
      return typeof json === 'boolean' ? json : refuse(json, name);
    case 'number':
      return typeof json === 'number' ? json : refuse(json, name);
    case 'uint':
      if (typeof json !== 'number') refuse(json, name);
      if (!Number.isSafeInteger(json) || json < 0) {
        throw new MessageError(`Field '${name}' is not an unsigned integer: ${json}`);
      }
      return json;
    case 'object':
      return isObject(json) ? json : refuse(json, name);
    case 'bytes': {
      if (typeof json !== 'string') refuse(json, name);
      const wrong = /[^A-Za-z0-9+/=]/.exec(json);
      if (wrong === null) return json;
      throw new MessageError(`Failed to base64 decode bytes field '${name}': Invalid character '${wrong[0]}'`);
    }
  }
}

function readFields(
  rule: MessageRule,
  json: Record<string, unknown>,
  prefix: string,
  missing: string[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    // `null` is an absent field; __proto__ would set the prototype of the copy.
    if (value === null || name === '__proto__' || Object.hasOwn(rule.fields, name)) continue;
    result[name] = value;
  }
  for (const [name, field] of Object.entries(rule.fields)) {
    const given = Object.hasOwn(json, name) ? json[name] : undefined;
    const path = prefix + name;
    if (field.repeated !== undefined) {
      if (given === undefined || given === null) {
        if (field.repeated === 'list') result[name] = [];
      } else if (!Array.isArray(given)) refuse(given, name);
      else result[name] = given.map((item, i) => readValue(field.type, item, name, `${path}[${i}]`, missing));
      continue;
    }
    const value = given === undefined || given === null ? undefined : readValue(field.type, given, name, path, missing);
    if (value !== undefined) result[name] = value;
    else if (field.required === true) missing.push(path);
  }
  return result;
}

/**
 * Reads a JSON body as a message, as Mesos converts JSON into protobuf: unknown fields are kept but not looked at, `null`
 * counts as absent. Throws MessageError with Mesos' text, `kind` being the message's name.
 */
export function readMessage(body: string, rule: MessageRule, kind: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw new MessageError(`Failed to parse body into JSON: ${(error as Error).message}`);
  }
  const convert = `Failed to convert JSON into ${kind} protobuf: `;
  if (!isObject(json)) throw new MessageError(`${convert}Expecting a JSON object`);
  const missing: string[] = [];
  let result: Record<string, unknown>;
  try {
    result = readFields(rule, json, '', missing);
  } catch (error) {
    throw error instanceof MessageError ? new MessageError(convert + error.message) : error;
  }
  if (missing.length > 0) throw new MessageError(`${convert}Missing required fields: ${missing.join(', ')}`);
  return result;
}

/** What a value in a template is, as far as that matters for putting it out. */
export type Shape =
  /** Typed and checked: it may stand in a line as it is. */
  | { readonly kind: 'safe' }
  /** Text that an app or a rule brought along. */
  | { readonly kind: 'outside' }
  /** Not known to this list; the guard at run time decides. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'list'; readonly of: Shape }
  /** Its keys are outside text as well when `keys` says so. */
  | { readonly kind: 'map'; readonly of: Shape; readonly keys: Shape }
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, Shape>> };

export const safe: Shape = { kind: 'safe' };
export const outside: Shape = { kind: 'outside' };
export const unknown: Shape = { kind: 'unknown' };
const list = (of: Shape): Shape => ({ kind: 'list', of });
const record = (fields: Readonly<Record<string, Shape>>): Shape => ({ kind: 'record', fields });
const texts: Shape = { kind: 'map', of: outside, keys: outside };

/** The fields that hold outside text; what is not named is typed. */
const service = record({ Id: safe, Acl: safe, Config: texts });

/** The model of `templateModel`. */
export const modelShape: Shape = record({
  backends: list(record({ app: record({ id: safe, labels: texts, env: texts }) })),
  Apps: list(
    record({
      HealthCheckPath: outside,
      ReadinessCheckPath: outside,
      HealthChecks: list(record({ Path: outside })),
      Labels: texts,
      Env: texts,
    }),
  ),
  Services: { kind: 'map', of: service, keys: safe },
});

/** The shape of a field; of any, where the name is not known. */
export function fieldOf(shape: Shape, name: string | undefined): Shape {
  switch (shape.kind) {
    case 'record':
      return name !== undefined && Object.hasOwn(shape.fields, name) ? (shape.fields[name] ?? unknown) : unknown;
    case 'map':
    case 'list':
      return name === 'length' && shape.kind === 'list' ? safe : shape.of;
    default:
      return shape;
  }
}

/** What a helper gives that hands through what it was given. */
export function mixed(shapes: readonly Shape[]): Shape {
  if (shapes.some(holdsOutside)) return outside;
  return shapes.every((shape) => shape.kind === 'safe') ? safe : unknown;
}

function holdsOutside(shape: Shape): boolean {
  if (shape.kind === 'outside') return true;
  return (shape.kind === 'list' || shape.kind === 'map') && holdsOutside(shape.of);
}

import type { Backend } from '../compile/routing-model.js';
import type { BambooApp, BambooService } from './bamboo-model.js';
import { wrapText, wrapTexts } from './outside-text.js';

/** The parts of a template's model that hold outside text. */
interface HasOutsideText {
  readonly backends?: readonly Backend[];
  readonly Apps?: readonly BambooApp[];
  readonly Services?: Readonly<Record<string, BambooService>>;
}

const wrappedBackends = new WeakMap<Backend, object>();
const wrappedApps = new WeakMap<BambooApp, object>();

/** Equal objects give equal objects, so that what was made of one can be kept. */
function once<T extends object>(known: WeakMap<T, object>, item: T, wrap: (item: T) => object): object {
  let wrapped = known.get(item);
  if (wrapped === undefined) known.set(item, (wrapped = wrap(item)));
  return wrapped;
}

function wrapBackend(backend: Backend): object {
  const { app } = backend;
  return { ...backend, app: { ...app, labels: wrapTexts(app.labels), env: wrapTexts(app.env) } };
}

function wrapApp(app: BambooApp): object {
  return {
    ...app,
    HealthCheckPath: wrapText(app.HealthCheckPath),
    ReadinessCheckPath: wrapText(app.ReadinessCheckPath),
    HealthChecks: app.HealthChecks.map((check) => ({ ...check, Path: wrapText(check.Path) })),
    Labels: wrapTexts(app.Labels),
    Env: wrapTexts(app.Env),
  };
}

/** The same model with its outside text wrapped. */
export function wrapModel(model: HasOutsideText): object {
  const { backends, Apps, Services } = model;
  return {
    ...model,
    ...(backends === undefined ? {} : { backends: backends.map((b) => once(wrappedBackends, b, wrapBackend)) }),
    ...(Apps === undefined ? {} : { Apps: Apps.map((app) => once(wrappedApps, app, wrapApp)) }),
    ...(Services === undefined
      ? {}
      : {
          Services: Object.assign(
            Object.create(null) as object,
            Object.fromEntries(
              Object.entries(Services).map(([id, service]) => [id, { ...service, Config: wrapTexts(service.Config) }]),
            ),
          ),
        }),
  };
}

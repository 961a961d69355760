import { types } from 'node:util';
import type { PluginInterface, PluginInterfaces } from './types.js';

/** The methods of each interface. */
const methods: Readonly<
  Record<
    PluginInterface,
    { readonly required: string; readonly optional?: string; readonly mustBeSynchronous: readonly string[] }
  >
> = {
  Authenticator: { required: 'authenticate', optional: 'handleNotAuthenticated', mustBeSynchronous: [] },
  Authorizer: {
    required: 'isAuthorized',
    optional: 'handleNotAuthorized',
    mustBeSynchronous: ['isAuthorized', 'handleNotAuthorized'],
  },
  RunSpecValidator: { required: 'validate', mustBeSynchronous: ['validate'] },
  RunSpecTaskProcessor: { required: 'taskInfo', mustBeSynchronous: ['taskInfo'] },
  HttpRequestHandler: { required: 'serve', mustBeSynchronous: [] },
};

export const interfaceNames = Object.keys(methods) as readonly PluginInterface[];

/** Whether a value can be used by that interface; throws an Error that says why not. */
export function assertImplements<Name extends PluginInterface>(
  name: Name,
  value: unknown,
): asserts value is PluginInterfaces[Name] {
  if (typeof value !== 'object' || value === null) throw new Error('its factory has not made an object');
  const { required, optional, mustBeSynchronous } = methods[name];
  const plugin = value as Readonly<Record<string, unknown>>;
  if (typeof plugin[required] !== 'function') throw new Error(`a ${name} needs a method '${required}'`);
  if (optional !== undefined && plugin[optional] !== undefined && typeof plugin[optional] !== 'function') {
    throw new Error(`'${optional}' is not a method`);
  }
  for (const method of mustBeSynchronous) {
    if (types.isAsyncFunction(plugin[method])) throw new Error(`'${method}' must be synchronous, and is async`);
  }
}

import type { Json } from '../../model/app-definition.js';

/**
 * A definition as a client sent it: a JSON object whose members have been checked for their types only (schema errors are
 * answered before a command is made), `null` members removed. Names are Marathon's (`mem`, `ports`, `uris` …).
 */
export type AppUpdate = Readonly<Record<string, Json>>;

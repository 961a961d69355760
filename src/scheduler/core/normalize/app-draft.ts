import type { AppDefinition } from '../../model/app-definition.js';

/** A definition before its deployment gives it a version. */
export type AppDraft = Omit<AppDefinition, 'version' | 'versionInfo'>;

import type { CatalogMessage } from './types.js';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Elements must be objects with this text field; the rest of a record is for its reader to judge, record by record. */
function checkRecords(message: Record<string, unknown>, field: string, key: string): void {
  const value = message[field];
  if (!Array.isArray(value)) throw new Error(`"${field}" is not an array`);
  if (!value.every((v) => isRecord(v) && typeof v[key] === 'string')) {
    throw new Error(`an element of "${field}" has no "${key}"`);
  }
}

function checkIds(message: Record<string, unknown>, field: string): void {
  const value = message[field];
  if (!Array.isArray(value) || !value.every((v) => typeof v === 'string')) {
    throw new Error(`"${field}" is not an array of strings`);
  }
}

/** Reads one event of the catalog stream (`event:` and `data:`). Throws when it is not a message of that stream. */
export function parseCatalogMessage(event: string, data: string): CatalogMessage {
  const message: unknown = JSON.parse(data);
  if (!isRecord(message)) throw new Error('not an object');
  if (typeof message['epoch'] !== 'string' || message['epoch'] === '') throw new Error('"epoch" is not a text');
  if (!Number.isSafeInteger(message['seq'])) throw new Error('"seq" is not an integer');
  checkRecords(message, 'apps', 'id');
  checkRecords(message, 'instances', 'taskId');
  switch (event) {
    case 'snapshot':
      break;
    case 'change':
      checkIds(message, 'removedApps');
      checkIds(message, 'removedInstances');
      break;
    default:
      throw new Error(`unknown event ${event}`);
  }
  return { ...message, type: event } as CatalogMessage;
}

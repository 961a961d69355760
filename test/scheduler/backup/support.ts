import { createHash } from 'node:crypto';
import type { StoreOperation } from '../../../src/scheduler/core/effects.js';
import type { ReadableStore } from '../../../src/scheduler/ports/store.js';

/** Records of a state that a scheduler can start with: `apps` apps with two instances each, in a group. */
export function sampleRecords(apps: number): StoreOperation[] {
  const version = '2026-01-01T00:00:00.000Z';
  const records: StoreOperation[] = [
    { key: 'framework-id', value: 'framework-1' },
    { key: 'group:/', value: { id: '/', version, dependencies: [], enforceRole: false } },
    { key: 'group:/g', value: { id: '/g', version, dependencies: [], enforceRole: false } },
  ];
  for (let n = 0; n < apps; n++) {
    const id = `/g/app-${n}`;
    records.push(
      { key: `app:${id}`, value: { versions: [version] } },
      {
        key: `version:${id}@${version}`,
        value: {
          id,
          version,
          role: '*',
          instances: 2,
          env: { Ü: 'Köln \u2028 "\\\n' },
          portDefinitions: [],
          storeUrls: [],
        },
      },
    );
  }
  return records;
}

/** Everything that a store holds, as JSON text. */
export async function contentOf(store: ReadableStore): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const [key, value] of store.list('')) content.set(key, JSON.stringify(value));
  return content;
}

/** The text of a backup with these lines between its first and its last one, and the right sum. */
export function backupText(lines: readonly string[], records: number, header: object = {}): string {
  const first = {
    format: 1,
    ekiden: '0.1.0',
    time: '2026-01-01T00:00:00.000Z',
    epoch: null,
    holder: null,
    frameworkId: null,
    ...header,
  };
  const text = [`{"ekiden-state":${JSON.stringify(first)},`, ...lines, ''].join('\n');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return `${text}"end":{"records":${records},"sha256":"${sha256}"}}\n`;
}

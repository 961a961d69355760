import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogPosition } from '../../catalog/types.js';

/** What is known about the connection to the schedulers. */
export interface SourceStatus {
  /** `ekiden`: the catalog stream; `marathon`: any Marathon's API and events. undefined = none has answered yet. */
  readonly kind: 'ekiden' | 'marathon' | undefined;
  /** Changes arrive as they happen. */
  readonly connected: boolean;
  /** All apps were read once; the catalog is true as of its position, even while the connection is away. */
  readonly synced: boolean;
  /** The scheduler that is, or was last, read from. */
  readonly scheduler: string | undefined;
  /** Why the last attempt or connection ended, or why the last answer was not taken over. */
  readonly lastError: string | undefined;
  /** Apps that a Marathon tells of in a way that cannot be read, and Marathons that do not call back. */
  readonly problems: readonly { readonly id: string; readonly reason: string }[];
}

/** Apps and instances of the schedulers, kept up to date. */
export interface CatalogSource {
  readonly catalog: CatalogView;
  readonly status: SourceStatus;
  /** Tells the scheduler that this edge acts on everything up to `position`, and which draining tasks nobody uses through it any more. */
  acknowledge(position: CatalogPosition, drained: readonly string[]): void;
  /** A Marathon has called back (`POST /api/marathon/event_callback`): something has changed; `data`: the event as JSON text. */
  calledBack(data?: string): void;
  close(): Promise<void>;
}

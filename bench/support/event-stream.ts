import { EventSource } from 'eventsource';

/** Listens to `/v2/events`. */
export interface EventStream {
  /** Resolves with the next deployment that ends well, by its id, or at once if it has ended since the stream was opened. */
  deployed(id: string): Promise<void>;
  /** Status updates that were heard so far. */
  readonly updates: number;
  close(): void;
}

/** Opens a stream of the ends of deployments, and of status updates if `updates` is set. */
export async function openEventStream(url: string, { updates }: { updates: boolean }): Promise<EventStream> {
  const types = ['deployment_success', ...(updates ? ['status_update_event'] : [])];
  const source = new EventSource(`${url}/v2/events?${types.map((type) => `event_type=${type}`).join('&')}`);
  const ended = new Set<string>();
  const waiting = new Map<string, () => void>();
  let heard = 0;
  source.addEventListener('deployment_success', (message) => {
    const { id } = JSON.parse(message.data as string) as { readonly id: string };
    ended.add(id);
    waiting.get(id)?.();
  });
  source.addEventListener('status_update_event', () => heard++);
  await new Promise<void>((resolve, reject) => {
    source.onopen = () => resolve();
    source.onerror = () => reject(new Error('no event stream'));
  });
  return {
    async deployed(id) {
      if (!ended.has(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
      waiting.delete(id);
    },
    get updates() {
      return heard;
    },
    close: () => source.close(),
  };
}

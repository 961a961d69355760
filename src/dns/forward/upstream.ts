import type { ExtendedError } from '../answer/protocol.js';

/** Has names outside the zone looked up by other resolvers. */
export interface Upstream {
  /** There is somebody to forward to. */
  readonly enabled: boolean;
  /** There is somebody to forward queries about this name to: in lower case, without a dot at the end. */
  forwards(name: string): boolean;
  /** The reply for the client, with its id and question, as long as it may be over TCP; or why there is none. Never rejects. */
  forward(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | ExtendedError | undefined>;
  /** Gives up all queries under way. */
  close(): void;
}

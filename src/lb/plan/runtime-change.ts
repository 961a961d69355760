/** One thing that a running HAProxy is told, instead of being replaced. Names and words are as they stand in the text. */
export type RuntimeChange =
  /**
   * Behind `server NAME ENDPOINT` in the text, and before that behind `default-server`. It takes traffic at once. `isSticky`: its cookie
   * comes from its address.
   */
  | {
      readonly kind: 'add-server';
      readonly backend: string;
      readonly server: string;
      readonly endpoint: string;
      readonly words: readonly string[];
      readonly isSticky: boolean;
    }
  /**
   * It gets nothing new from now on, and is deleted when nobody uses it any more. `maint`: not even from clients with its cookie, which
   * are sent to others; `drain` where the sessions it has would be cut otherwise.
   */
  | {
      readonly kind: 'withdraw-server';
      readonly backend: string;
      readonly server: string;
      readonly endpoint: string;
      readonly words: readonly string[];
      readonly state: 'maint' | 'drain';
    }
  /** A server that keeps its name. What is under way to the old address goes on. */
  | { readonly kind: 'set-address'; readonly backend: string; readonly server: string; readonly endpoint: string }
  /** `maint`: `disabled` stands behind it in the text. */
  | {
      readonly kind: 'set-state';
      readonly backend: string;
      readonly server: string;
      readonly state: 'ready' | 'drain' | 'maint';
    }
  | { readonly kind: 'set-weight'; readonly backend: string; readonly server: string; readonly weight: number }
  /** The entries that are different; null = it goes. */
  | { readonly kind: 'change-map'; readonly file: string; readonly entries: ReadonlyMap<string, string | null> };

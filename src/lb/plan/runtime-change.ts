/** One thing that a running HAProxy is told, instead of being replaced. Names and words are as they stand in the text. */
export type RuntimeChange =
  /** Behind `server NAME ENDPOINT` in the text. It takes traffic at once. */
  | {
      readonly kind: 'add-server';
      readonly backend: string;
      readonly server: string;
      readonly endpoint: string;
      readonly words: readonly string[];
    }
  /** It gets nothing new from now on, and is deleted when nobody uses it any more. */
  | { readonly kind: 'withdraw-server'; readonly backend: string; readonly server: string }
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

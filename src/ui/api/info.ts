/** `GET /v2/info`: Marathon's keys; what has no value is left out. */
export interface Info {
  readonly name: string;
  /** The Marathon version whose API this is. */
  readonly version: string;
  readonly frameworkId?: string | null;
  /** `host:port` of the leading scheduler. */
  readonly leader?: string | null;
  readonly elected?: boolean | null;
  readonly marathon_config: Readonly<Record<string, unknown>>;
  readonly zookeeper_config?: Readonly<Record<string, unknown>>;
  readonly event_subscriber?: Readonly<Record<string, unknown>>;
  readonly http_config?: Readonly<Record<string, unknown>>;
}

/** `GET /v2/plugins`. */
export interface Plugins {
  readonly plugins: readonly {
    readonly id: string;
    readonly plugin: string;
    readonly implementation: string;
    readonly tags?: readonly string[] | null;
    readonly info?: unknown;
  }[];
}

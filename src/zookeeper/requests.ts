/** What ZooKeeper tells of a node beside its data. */
export interface NodeStat {
  /** Of the data: 0 when it was made, one more with each change. */
  readonly version: number;
  /** Transaction that made it. */
  readonly czxid: bigint;
  /** Transaction that changed its data last. */
  readonly mzxid: bigint;
  /** Session that it ends with; 0 when it stays. */
  readonly ephemeralOwner: bigint;
  readonly dataLength: number;
  readonly numChildren: number;
  /** One more with each child that is made or removed. */
  readonly childrenVersion: number;
}

/** How long a node lives and how it is named: with its session or for ever, as given or with ten digits appended that count up. */
export type CreateMode =
  | 'persistent'
  | 'ephemeral'
  | 'persistentSequential'
  | 'ephemeralSequential'
  /** Persistent, and everybody may make nodes below it, whatever user this client is. */
  | 'shared';

/** One operation of a `multi`. A version of -1, or none, is any. */
export type MultiOperation =
  | { readonly type: 'create'; readonly path: string; readonly data: Buffer; readonly mode?: CreateMode }
  | { readonly type: 'set'; readonly path: string; readonly data: Buffer; readonly version?: number }
  | { readonly type: 'remove'; readonly path: string; readonly version?: number }
  /** Changes nothing: the node must be there, with that version. */
  | { readonly type: 'check'; readonly path: string; readonly version?: number };

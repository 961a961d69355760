/** Why and with what a process leads. */
export interface Leadership {
  /**
   * The node by which this process takes part, where there are nodes: it is gone as soon as nobody may think that this process leads.
   * The store checks it at every commit.
   */
  readonly candidate: string;
}

/** Hears of the election, one call after the other. */
export interface ElectionListener {
  /** This process leads from now on, until `deposed`. Called once at most. */
  elected(leadership: Leadership): void;
  /**
   * It does not lead any more, and never will again: whatever it does as leader must end before this returns, for another process
   * may lead soon. The process should end (Marathon's exit status 103).
   */
  deposed(reason: string): void;
  /** The address of the leader has changed; undefined while there is none, or none is known. */
  leaderChanged(address: string | undefined): void;
}

/** This process's part in the election of one scheduler among several. */
export interface Election {
  /** `host:port` of the leader, which may be this process; undefined while there is none, or none is known. */
  readonly leader: string | undefined;
  /** Whether this process may act as the leader at this very moment. */
  readonly leading: boolean;
  /** Gives up leadership or candidacy, so that another process can lead at once. Nothing is called any more. */
  close(): Promise<void>;
}

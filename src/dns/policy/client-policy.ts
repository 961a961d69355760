/** What a client may, by its address. The same object for the same rights: comparing and looking up costs nothing per query. */
export interface ClientRights {
  /** May have names outside the zone looked up. */
  readonly mayRecurse: boolean;
  /** May have the whole zone. */
  readonly mayTransfer: boolean;
}

/** What is done with a reply over UDP: it is sent, or only its header and question with TC, or nothing. */
export type Admission = 'send' | 'truncate' | 'drop';

/** Who may what, and how often. Called for every query: constant time, bounded memory. */
export interface ClientPolicy {
  rightsOf(address: string): ClientRights;
  /** Counts a reply to `address` against the rate limit of its network. */
  admit(address: string): Admission;
}

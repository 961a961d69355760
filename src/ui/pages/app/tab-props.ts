/** What the tabs about an app or pod that read for themselves are given. */
export interface AppTabProps {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  /** Grows whenever anything of it or its instances has changed: what was read before is old. */
  readonly revision: number;
}

/** `GET /v2/apps/{id}`, as far as it tells of the ports at which an app is reached. */
export interface AppPorts {
  readonly app: {
    readonly portDefinitions?: readonly {
      readonly port?: number;
      readonly name?: string;
      readonly protocol?: string;
    }[];
    readonly container?: {
      readonly portMappings?:
        readonly { readonly servicePort?: number; readonly name?: string; readonly protocol?: string }[] | null;
    } | null;
  };
}

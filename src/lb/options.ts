/** Settings of `ekiden lb`. */
export interface LbOptions {
  /** Address of the rules API and UI. */
  readonly host: string;
  readonly lbPort: number;
  /** Address that HAProxy binds its ports to (`--haproxy_bind`). */
  readonly bindAddress: string;
  readonly haproxyHttpPort: number;
  readonly haproxyHttpsPort: number;
  readonly haproxyStatsPort: number;
  /** Base URLs of Ekiden schedulers, e.g. `http://127.0.0.1:8080`. */
  readonly schedulers: readonly string[];
  /** What the schedulers ask for (`--marathon_credentials`). */
  readonly credentials?: { readonly user: string; readonly password: string } | undefined;
  /** PEM file with certificates to trust besides the usual authorities (`--marathon_ca`). */
  readonly caFile?: string | undefined;
  /** Configuration, sockets, pid file and rules are kept in `<workDir>/lb`. */
  readonly workDir: string;
  /** The haproxy program (`--haproxy_path`), by name or path. */
  readonly haproxyPath: string;
  /** A template that replaces the shipped `templates/haproxy.cfg.hbs` (`--haproxy_template`). */
  readonly templatePath: string | undefined;
  /** The rules file (`--rules_file`); default `<workDir>/lb/rules.json`. */
  readonly rulesFile: string | undefined;
}

/**
 * An HAProxy that something else runs (systemd, a container, the commands of a Bamboo), of which only the configuration file is
 * kept here: how that file is checked, and how HAProxy is made to read it.
 */
export interface ExternalHaproxy {
  /** The file that HAProxy reads. */
  readonly configPath: string;
  /** A command of the shell that accepts or refuses a file, `{{.}}` in it is the file; null = `haproxy -c`, where there is a haproxy program. */
  readonly validateCommand: string | null;
  /** A command of the shell; null = as the machine does it (Upstart, systemd, /etc/init.d/haproxy). */
  readonly reloadCommand: string | null;
  /** Run after each attempt to reload; null = nothing. */
  readonly cleanupCommand: string | null;
  /** `print`: nothing is written and nothing reloaded: the configuration goes to the standard output. */
  readonly effect: 'reload' | 'print';
}

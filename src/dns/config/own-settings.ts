import { StartupError } from '../../common/errors.js';
import { parseNetwork } from '../../common/ip-address.js';

/** Keys of a configuration file that Mesos-DNS does not know: they have an effect with `"Quirks": false` alone. */
export interface OwnSettings {
  /** false for the better mode with the settings of the file. */
  readonly Quirks: boolean;
  /** `--dns_workers`; null: one per core. */
  readonly Workers: number | null;
  /** `--dns_recursion_from` */
  readonly RecursionFrom: readonly string[];
  /** `--dns_transfer_to` */
  readonly TransferTo: readonly string[];
  /** `--dns_rate_limit` */
  readonly RateLimit: number;
  /** `--answer_unhealthy` */
  readonly AnswerUnhealthy: boolean;
  /** `--marathon`: base URLs of schedulers. */
  readonly Marathon: readonly string[];
  /** `--marathon_credentials`; both empty: none. */
  readonly MarathonCredentials: { readonly User: string; readonly Password: string };
  /** `--marathon_ca`; empty: the usual authorities. */
  readonly MarathonCACertFile: string;
  /** `--work_dir`: what is to be known after a restart is below it; empty: nothing is kept. */
  readonly StateDir: string;
}

export const defaultOwnSettings: OwnSettings = {
  Quirks: true,
  Workers: null,
  RecursionFrom: ['local'],
  TransferTo: [],
  RateLimit: 200,
  AnswerUnhealthy: false,
  Marathon: [],
  MarathonCredentials: { User: '', Password: '' },
  MarathonCACertFile: '',
  StateDir: '',
};

const maxWorkers = 64;
const maxRate = 1_000_000;

function checkNetworks(key: string, networks: readonly string[]): void {
  const wrong = networks.find((text) => text !== 'local' && parseNetwork(text) === undefined);
  if (wrong !== undefined) throw new StartupError(`${key}: "${wrong}" is not a network such as 10.0.0.0/8, nor local`);
}

function checkRange(key: string, value: number, max: number): void {
  if (value < 0 || value > max) throw new StartupError(`${key} ${value} is not within 0..${max}`);
}

/** Whether it is an address that anybody may see: it is shown by `/v1/config`. */
function isOpenAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** Throws StartupError, which names the key. */
export function checkOwnSettings(settings: OwnSettings): void {
  const { Workers, RateLimit, Marathon, MarathonCredentials } = settings;
  if (Workers !== null) checkRange('Workers', Workers, maxWorkers);
  checkRange('RateLimit', RateLimit, maxRate);
  checkNetworks('RecursionFrom', settings.RecursionFrom);
  checkNetworks('TransferTo', settings.TransferTo);
  Marathon.forEach((url, index) => {
    if (isOpenAddress(url)) return;
    throw new StartupError(`Marathon: item ${index + 1} is not an address http(s)://host:port without credentials`);
  });
  if ((MarathonCredentials.User === '') !== (MarathonCredentials.Password === '')) {
    throw new StartupError('MarathonCredentials: User and Password go together, one of them is missing');
  }
}

/** Those that are there though they have no effect. */
export function ownSettingsWithoutEffect(settings: OwnSettings): string[] {
  if (!settings.Quirks) return [];
  const keys = Object.keys(defaultOwnSettings) as (keyof OwnSettings)[];
  return keys.filter((key) => JSON.stringify(settings[key]) !== JSON.stringify(defaultOwnSettings[key]));
}

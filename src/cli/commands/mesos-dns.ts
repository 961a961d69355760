import { packageVersion } from '../../common/package-version.js';
import { readConfig } from '../../dns/config/read-config.js';
import { mesosDnsVersion } from '../../dns/config/version.js';
import { warningsAbout } from '../../dns/config/validate-config.js';
import { mesosDnsHelp, parseMesosDnsWords } from '../mesos-dns-words.js';
import { runRole } from '../run-role.js';

/**
 * `ekiden dns -config=config.json`, and `bin/mesos-dns`: the name server with a configuration of Mesos-DNS, which it behaves exactly as, or, with
 * `"Quirks": false` in it, with those settings in the better mode. Throws StartupError and UsageError for the words and the file.
 */
export async function runMesosDns(words: readonly string[], write: (text: string) => void): Promise<number> {
  const { configFile, version, help, verbosity } = parseMesosDnsWords(words);
  if (help || version) {
    write(help ? mesosDnsHelp : `${mesosDnsVersion} (ekiden ${packageVersion()})\n`);
    return 0;
  }
  const config = readConfig(configFile);
  return runRole({
    role: 'dns',
    logLevel: verbosity > 0 ? 'debug' : 'info',
    logFormat: 'auto',
    warnings: warningsAbout(config),
    start: async (context) => {
      if (config.Quirks) {
        const { startExactDns } = await import('../../dns/exact/start-exact.js');
        return startExactDns(config, context, { verbosity });
      }
      const { startDns } = await import('../../dns/start.js');
      const { dnsOptionsOf } = await import('../../dns/config/dns-options.js');
      return startDns(dnsOptionsOf(config), context);
    },
  });
}

import type { BasicAuth } from './service-settings.js';
import { SettingError } from './values.js';

/** SHA-256, SHA-512, bcrypt and yescrypt, as crypt(3) writes them. */
const hashPattern = /^\$(?:5|6|2[aby]|y)\$[./A-Za-z0-9$=,]{20,120}$/;

/** Reads `HAPROXY_{n}_AUTH`, `realm:user:hash`. The messages do not show the value: it is a secret. */
export function readBasicAuth(text: string): BasicAuth {
  const [realm = '', user = '', passwordHash = '', ...more] = text.split(':');
  if (passwordHash === '' || more.length > 0) throw new SettingError('is not of the form realm:user:hash');
  if (!/^[A-Za-z0-9 ._-]{1,64}$/.test(realm)) {
    throw new SettingError('its realm is not 1 to 64 of the characters A-Z a-z 0-9 blank . _ -');
  }
  if (!/^[A-Za-z0-9._@-]{1,64}$/.test(user)) {
    throw new SettingError('its user is not 1 to 64 of the characters A-Z a-z 0-9 . _ @ -');
  }
  if (!hashPattern.test(passwordHash)) {
    throw new SettingError('its password is not a hash of crypt(3) that begins with $5$, $6$, $2a$, $2b$, $2y$ or $y$');
  }
  return { realm, user, passwordHash };
}

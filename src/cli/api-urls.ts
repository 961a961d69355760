import { authority, connectHost } from './addresses.js';
import { servesTls } from './check-together.js';
import type { Settings } from './flags.js';

/** Where processes of this machine reach the scheduler's API: without TLS first, if it is served so. */
export function apiUrls(settings: Settings): readonly [string, ...string[]] {
  const http = `http://${authority(connectHost(settings.http_address ?? settings.host), settings.http_port)}`;
  const https = `https://${authority(connectHost(settings.https_address ?? settings.host), settings.https_port)}`;
  if (settings.disable_http) return [https];
  return servesTls(settings) ? [http, https] : [http];
}

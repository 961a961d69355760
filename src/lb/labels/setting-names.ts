/** What stands behind `HAPROXY_{n}_`, for one port. */
export const portSettings = [
  'AUTH',
  'BACKEND_HEALTHCHECK_PORT_INDEX',
  'BACKEND_NETWORK_ALLOWED_ACL',
  'BACKEND_WEIGHT',
  'BALANCE',
  'BIND_ADDR',
  'BIND_OPTIONS',
  'ENABLED',
  'GROUP',
  'HTTP_BACKEND_PROXYPASS_PATH',
  'HTTP_BACKEND_REDIR',
  'HTTP_BACKEND_REVPROXY_PATH',
  'MODE',
  'PATH',
  'PORT',
  'REDIRECT_TO_HTTPS',
  'SSL_CERT',
  'STICKY',
  'USE_HSTS',
  'VHOST',
] as const;
export type PortSetting = (typeof portSettings)[number];

/** What stands behind `HAPROXY_`, for the whole app. */
export const appSettings = [
  'APP_ID',
  'DEPLOYMENT_ALT_PORT',
  'DEPLOYMENT_COLOUR',
  'DEPLOYMENT_GROUP',
  'DEPLOYMENT_NEW_INSTANCES',
  'DEPLOYMENT_STARTED_AT',
  'DEPLOYMENT_TARGET_INSTANCES',
  'GROUP',
] as const;

/**
 * marathon-lb's templates that a label of a port can replace (`HAPROXY_{n}_BACKEND_HEAD` …), by where their lines stand: in the
 * backend, in the frontends that route by host, or where a setting of its own says all that is needed.
 */
export const templateSettings: Readonly<Record<string, 'backend' | 'frontend' | 'other'>> = {
  BACKEND_HEAD: 'backend',
  BACKEND_HSTS_OPTIONS: 'other',
  BACKEND_HTTP_HEALTHCHECK_OPTIONS: 'other',
  BACKEND_HTTP_OPTIONS: 'backend',
  BACKEND_REDIRECT_HTTP_TO_HTTPS: 'other',
  BACKEND_REDIRECT_HTTP_TO_HTTPS_WITH_PATH: 'other',
  BACKEND_SERVER_HTTP_HEALTHCHECK_OPTIONS: 'other',
  BACKEND_SERVER_OPTIONS: 'other',
  BACKEND_SERVER_TCP_HEALTHCHECK_OPTIONS: 'other',
  BACKEND_STICKY_OPTIONS: 'other',
  BACKEND_TCP_HEALTHCHECK_OPTIONS: 'other',
  FRONTEND_BACKEND_GLUE: 'other',
  FRONTEND_HEAD: 'other',
  HTTPS_FRONTEND_ACL: 'frontend',
  HTTPS_FRONTEND_ACL_ONLY_WITH_PATH: 'frontend',
  HTTPS_FRONTEND_ACL_WITH_AUTH: 'other',
  HTTPS_FRONTEND_ACL_WITH_AUTH_AND_PATH: 'other',
  HTTPS_FRONTEND_ACL_WITH_PATH: 'frontend',
  HTTPS_FRONTEND_AUTH_ACL_ONLY: 'other',
  HTTPS_FRONTEND_AUTH_REQUEST_ONLY: 'other',
  HTTPS_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH: 'other',
  HTTP_BACKEND_NETWORK_ALLOWED_ACL: 'other',
  HTTP_BACKEND_PROXYPASS_GLUE: 'other',
  HTTP_BACKEND_REVPROXY_GLUE: 'other',
  HTTP_FRONTEND_ACL: 'frontend',
  HTTP_FRONTEND_ACL_ONLY: 'frontend',
  HTTP_FRONTEND_ACL_ONLY_WITH_PATH: 'frontend',
  HTTP_FRONTEND_ACL_ONLY_WITH_PATH_AND_AUTH: 'other',
  HTTP_FRONTEND_ACL_WITH_AUTH: 'other',
  HTTP_FRONTEND_ACL_WITH_AUTH_AND_PATH: 'other',
  HTTP_FRONTEND_ACL_WITH_PATH: 'frontend',
  HTTP_FRONTEND_APPID_ACL: 'other',
  HTTP_FRONTEND_ROUTING_ONLY: 'frontend',
  HTTP_FRONTEND_ROUTING_ONLY_WITH_AUTH: 'other',
  HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH: 'frontend',
  HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH: 'other',
  MAP_HTTPS_FRONTEND_ACL: 'other',
  MAP_HTTP_FRONTEND_ACL: 'other',
  MAP_HTTP_FRONTEND_ACL_ONLY: 'other',
  MAP_HTTP_FRONTEND_APPID_ACL: 'other',
  TCP_BACKEND_NETWORK_ALLOWED_ACL: 'other',
  USERLIST_HEAD: 'other',
};

export function isPortSetting(name: string): name is PortSetting {
  return (portSettings as readonly string[]).includes(name);
}

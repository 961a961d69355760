/** The URL of a path of an edge's API, such as `ekiden/v1/plan?a=b`: below what it announced, whatever else that holds. */
export function edgeUrl(apiUrl: string, path: string): string {
  const { origin, pathname } = new URL(apiUrl);
  return `${origin}${pathname.replace(/\/+$/, '')}/${path}`;
}

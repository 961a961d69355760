/**
 * JSON as Mesos-DNS writes it (go-restful over encoding/json): indented by one space per level with one more in front of every
 * line but the first, `<`, `>` and `&` escaped.
 */
export function mesosDnsJson(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll('\n', '\n ')
    .replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * The `Content-Disposition` of a file to be saved under `name`: a token where that will do, else a quoted-string (RFC 9110 §5.6.4) with
 * the full name beside it (RFC 8187).
 */
export function attachment(name: string): string {
  if (/^[\w.-]+$/.test(name)) return `attachment; filename=${name}`;
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '\\$&');
  const encoded = encodeURIComponent(name.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

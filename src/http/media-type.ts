const types: ReadonlyMap<string, string> = new Map([
  ['7z', 'application/x-7z-compressed'],
  ['bz2', 'application/x-bzip2'],
  ['conf', 'text/plain'],
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['deb', 'application/vnd.debian.binary-package'],
  ['gif', 'image/gif'],
  ['gz', 'application/gzip'],
  ['htm', 'text/html'],
  ['html', 'text/html'],
  ['jar', 'application/java-archive'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['log', 'text/plain'],
  ['md', 'text/markdown'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['rpm', 'application/x-rpm'],
  ['sh', 'application/x-sh'],
  ['svg', 'image/svg+xml'],
  ['tar', 'application/x-tar'],
  ['tbz2', 'application/x-bzip2'],
  ['tgz', 'application/gzip'],
  ['txt', 'text/plain'],
  ['txz', 'application/x-xz'],
  ['war', 'application/java-archive'],
  ['wasm', 'application/wasm'],
  ['xml', 'application/xml'],
  ['xz', 'application/x-xz'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
  ['zip', 'application/zip'],
]);

/** The media type of a file by the ending of its name (IANA); `application/octet-stream` when that says nothing. */
export function mediaTypeOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  const ending = dot < 0 ? '' : fileName.slice(dot + 1).toLowerCase();
  return types.get(ending) ?? 'application/octet-stream';
}

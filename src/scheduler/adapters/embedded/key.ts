/**
 * LevelDB sorts keys by their bytes; the store lists them in the order of their code units. UTF-16 with the high byte first
 * makes both the same (UTF-8 would not, beyond U+FFFF), and keeps every text as it is.
 */
export function encodeKey(key: string): Buffer {
  return Buffer.from(key, 'utf16le').swap16();
}

export function decodeKey(bytes: Uint8Array): string {
  return Buffer.from(bytes).swap16().toString('utf16le');
}

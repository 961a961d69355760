/** The length of `bytes` without an UTF-8 character that is cut off at its end. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back && needed <= 4 ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** How many bytes at the beginning of `bytes` are the rest of an UTF-8 character that began before: 0 to 3. */
export function restOfCharacter(bytes: Uint8Array): number {
  let length = 0;
  while (length < Math.min(4, bytes.length) && ((bytes[length] as number) & 0xc0) === 0x80) length++;
  // So many in a row are no part of a character
  return length === 4 ? 0 : length;
}

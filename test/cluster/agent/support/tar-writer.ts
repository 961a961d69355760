/** One entry of a tar archive; taken as it is, legal or not. */
export interface TarEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly mode?: number;
  /** `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` directory, `6` FIFO. */
  readonly type?: string;
  readonly link?: string;
}

/** The bytes of a tar archive (POSIX ustar). */
export function tarBytes(entries: readonly TarEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, content = '', mode = 0o644, type = '0', link = '' } of entries) {
    const body = Buffer.from(content);
    const head = Buffer.alloc(512);
    const octal = (value: number, at: number, length: number): void => {
      head.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
    };
    head.write(name, 0, 100);
    octal(mode, 100, 8);
    octal(0, 108, 8);
    octal(0, 116, 8);
    octal(body.length, 124, 12);
    octal(0, 136, 12);
    head.write('        ', 148);
    head.write(type, 156);
    head.write(link, 157, 100);
    head.write('ustar\x0000', 257, 'latin1');
    octal(
      head.reduce((sum, byte) => sum + byte, 0),
      148,
      7,
    );
    blocks.push(head, body, Buffer.alloc((512 - (body.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

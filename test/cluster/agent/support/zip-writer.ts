import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a zip archive; `name` and `mode` are taken as they are, legal or not. */
export interface ZipEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Unix mode with the file type (0o100644, 0o120777, 0o040755 …); undefined = made on DOS, without a mode. */
  readonly mode?: number;
  readonly wrongChecksum?: boolean;
}

/** The bytes of a zip archive (PKWARE APPNOTE 4.3), deflated. */
export function zipBytes(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', mode, wrongChecksum } of entries) {
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw);
    const nameBytes = Buffer.from(name);
    const checksum = (crc32(raw) ^ (wrongChecksum === true ? 1 : 0)) >>> 0;
    const sizes = Buffer.alloc(18);
    sizes.writeUInt16LE(0x0800, 0); // names are UTF-8
    sizes.writeUInt16LE(8, 2); // deflate
    sizes.writeUInt32LE(0x00210000, 4); // 1980-01-01
    sizes.writeUInt32LE(checksum, 8);
    sizes.writeUInt32LE(packed.length, 12);
    const rawSize = Buffer.alloc(4);
    rawSize.writeUInt32LE(raw.length);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(nameBytes.length);
    const head = Buffer.concat([
      Buffer.from('PK\x03\x04\x14\0'),
      sizes.subarray(0, 12),
      sizes.subarray(12, 16),
      rawSize,
      lengths,
      nameBytes,
    ]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(mode === undefined ? 0 : (mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02'),
        Buffer.from([20, mode === undefined ? 0 : 3, 20, 0]),
        sizes.subarray(0, 16),
        rawSize,
        lengths,
        rest,
        nameBytes,
      ]),
    );
    parts.push(head, packed);
    offset += head.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

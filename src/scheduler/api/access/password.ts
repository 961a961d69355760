import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** What is kept of a password. `text` is how it is written in a file. */
export type PasswordHash =
  | {
      readonly type: 'scrypt';
      readonly text: string;
      /** N = 2^costBits: time and memory. */
      readonly costBits: number;
      readonly blockSize: number;
      readonly parallelism: number;
      readonly salt: Buffer;
      readonly hash: Buffer;
    }
  /** For long random tokens only, whose owners cannot wait: it can be tried fast. */
  | { readonly type: 'sha256'; readonly text: string; readonly hash: Buffer };

/** About 0.1 s and 32 MiB for each try (RFC 7914; 2^15 · 8 · 128 bytes). */
const costs = { costBits: 15, blockSize: 8, parallelism: 1 };
const saltBytes = 16;
const hashBytes = 32;
/** What a file may make each try cost at most. */
const maxMemoryMib = 128;
const maxParallelism = 4;

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

function scryptHash(
  password: string,
  salt: Buffer,
  length: number,
  { costBits, blockSize, parallelism }: typeof costs,
): Promise<Buffer> {
  return derive(password, salt, length, {
    N: 2 ** costBits,
    r: blockSize,
    p: parallelism,
    // Node counts what OpenSSL needs besides the table
    maxmem: 2 * maxMemoryMib * 2 ** 20,
  });
}

/** Turns a password into what may be kept of it: `scrypt:15:8:1:<salt>:<hash>`, different each time. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await scryptHash(password, salt, hashBytes, costs);
  const { costBits, blockSize, parallelism } = costs;
  return ['scrypt', costBits, blockSize, parallelism, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/**
 * Reads `scrypt:<log2 N>:<r>:<p>:<salt>:<hash>` (base64url, as `ekiden hash-password` writes it) or `sha256:<64 hex digits>` (of the
 * password alone). Throws an Error that says what is wrong and does not repeat the text.
 */
export function parsePasswordHash(text: string): PasswordHash {
  const sha256 = /^sha256:([0-9a-f]{64})$/i.exec(text)?.[1];
  if (sha256 !== undefined) return { type: 'sha256', text, hash: Buffer.from(sha256, 'hex') };
  const match = /^scrypt:(\d{1,2}):(\d{1,2}):(\d{1,2}):([\w-]{11,200}):([\w-]{22,200})$/.exec(text);
  if (match === null) {
    throw new Error(
      "it is neither 'scrypt:…', as `ekiden hash-password` makes it, nor 'sha256:' with 64 hexadecimal digits",
    );
  }
  const [, costBits = 0, blockSize = 0, parallelism = 0] = match.map(Number);
  if (costBits < 10 || blockSize < 1 || parallelism < 1 || parallelism > maxParallelism) {
    throw new Error(`its costs are out of range: log2 N from 10, r from 1, p from 1 to ${maxParallelism}`);
  }
  const memoryMib = (128 * blockSize * 2 ** costBits) / 2 ** 20;
  if (memoryMib > maxMemoryMib) {
    throw new Error(`each try would take ${memoryMib} MiB of memory, more than ${maxMemoryMib}`);
  }
  const salt = Buffer.from(match[4] ?? '', 'base64url');
  return {
    type: 'scrypt',
    text,
    costBits,
    blockSize,
    parallelism,
    salt,
    hash: Buffer.from(match[5] ?? '', 'base64url'),
  };
}

/** What the password of somebody who does not exist is compared with. */
const nobody: Extract<PasswordHash, { type: 'scrypt' }> = {
  type: 'scrypt',
  text: '',
  ...costs,
  salt: randomBytes(saltBytes),
  hash: randomBytes(hashBytes),
};

/**
 * Whether a password is the one that was hashed. `undefined`: there is no such user; then, and after any wrong password, as much work
 * is done as for a user made by `hashPassword`, so that the time does not tell who exists.
 */
export async function verifyPassword(known: PasswordHash | undefined, password: string): Promise<boolean> {
  if (known?.type === 'sha256') {
    if (timingSafeEqual(createHash('sha256').update(password).digest(), known.hash)) return true;
    return verifyPassword(undefined, password);
  }
  const { salt, hash, ...rest } = known ?? nobody;
  const isEqual = timingSafeEqual(await scryptHash(password, salt, hash.length, rest), hash);
  return known !== undefined && isEqual;
}

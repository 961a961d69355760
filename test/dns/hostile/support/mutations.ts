import { dotted, flag, message, opt, option, question, record, wireName } from './octets.js';

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const types = [1, 28, 33, 6, 2, 255, 12, 16, 5, 15, 41, 43, 250, 251, 252, 0, 65_535, 64, 65];
const classes = [1, 1, 1, 1, 3, 254, 255, 0];
const lastByte = 255;

/** Sends of each message the octets in which it differs from the others; `names` are some that the server knows. */
export function messageMaker(seed: number, names: readonly string[]): () => Buffer {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const octets = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));

  function name(): Buffer {
    switch (below(8)) {
      case 0:
        return wireName(...Array.from({ length: 1 + below(6) }, () => octets(1 + below(63)).toString('latin1')));
      case 1:
        return dotted(`${oneOf(['no', 'x*', '*', 'a b', '-'])}.${oneOf(names)}`);
      case 2:
        return dotted(oneOf(names).toUpperCase());
      case 3:
        return Buffer.concat([dotted(oneOf(names)).subarray(0, -1), Buffer.from([0xc0 | below(4), below(256)])]);
      default:
        return dotted(oneOf(names));
    }
  }

  function options(): Buffer {
    return Buffer.concat(
      Array.from({ length: below(4) }, () => {
        const data = octets(below(24));
        return option(oneOf([10, 12, 8, 3, 15, below(65_536)]), data, below(8) === 0 ? below(65_536) : data.length);
      }),
    );
  }

  function generated(): Buffer {
    const extra = below(4);
    const additionals = Array.from({ length: extra }, () =>
      below(2) === 0
        ? opt({ size: below(65_536), version: below(4) === 0 ? below(256) : 0, data: options() })
        : record({ name: name(), type: oneOf(types), data: octets(below(40)), ttl: below(2 ** 31) }),
    );
    const questions = below(10) === 0 ? below(4) : 1;
    return message({
      id: 0,
      flags: (below(4) === 0 ? below(65_536) : flag.RD) & (below(10) === 0 ? 0xffff : 0x7fff),
      counts: [questions, 0, 0, below(10) === 0 ? below(65_536) : extra],
      body: Buffer.concat([
        ...Array.from({ length: questions }, () => question(name(), oneOf(types), oneOf(classes))),
        ...additionals,
      ]),
    });
  }

  /** Octets changed, cut off, put in, doubled. */
  function mutated(): Buffer {
    let bytes: Buffer = generated();
    for (let i = 1 + below(4); i > 0; i--) {
      const at = below(bytes.length + 1);
      switch (below(5)) {
        case 0:
          bytes = bytes.subarray(0, at);
          break;
        case 1:
          bytes = Buffer.concat([bytes.subarray(0, at), octets(1 + below(12)), bytes.subarray(at)]);
          break;
        case 2:
          bytes = Buffer.concat([bytes, bytes.subarray(at)]);
          break;
        default:
          bytes = Buffer.from(bytes);
          if (at < bytes.length) bytes[at] = oneOf([0, 1, 63, 64, 128, 192, lastByte, below(256)]);
      }
    }
    return bytes;
  }

  return () => {
    switch (below(4)) {
      case 0:
        return octets(below(below(10) === 0 ? 1_400 : 80));
      case 1:
        return generated();
      default:
        return mutated();
    }
  };
}

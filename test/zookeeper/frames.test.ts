import fc from 'fast-check';
import t from 'tap';
import { FrameReader } from '../../src/zookeeper/frames.js';

function frame(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

t.test('frames come out whole, however the stream is cut', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 10 }),
      (bodies, sizes) => {
        const frames = bodies.map(frame);
        let rest = Buffer.concat(frames);
        const reader = new FrameReader();
        const found: Buffer[] = [];
        for (let turn = 0; rest.length > 0; turn++) {
          const size = sizes[turn % sizes.length];
          found.push(...reader.read(rest.subarray(0, size)));
          rest = rest.subarray(size);
        }
        return Buffer.concat(found).equals(Buffer.concat(frames)) && found.length === frames.length;
      },
    ),
    { numRuns: 200 },
  );
  t.pass('all frames');
});

t.test('a length that cannot be right is an error', async (t) => {
  t.throws(() => [...new FrameReader().read(Buffer.from([0xff, 0xff, 0xff, 0xff]))], /-1 bytes/);
  t.throws(() => [...new FrameReader().read(Buffer.from([0x7f, 0, 0, 0]))], /bytes was announced/);
});

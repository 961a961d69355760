import { ArtifactTooLargeError } from '../../ports/artifact-store.js';

/** Passes content on, and throws ArtifactTooLargeError instead of the chunk with which it would be more than `maxBytes`. */
export async function* limited(content: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ArtifactTooLargeError(maxBytes);
    yield chunk;
  }
}

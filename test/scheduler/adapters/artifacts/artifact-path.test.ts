import { isAbsolute, join, normalize, sep } from 'node:path';
import * as fc from 'fast-check';
import t from 'tap';
import { encodedPath, namesOf } from '../../../../src/scheduler/adapters/artifacts/artifact-path.js';
import { ArtifactPathError } from '../../../../src/scheduler/ports/artifact-store.js';

t.test('whatever is accepted as a path lies below the store', async (t) => {
  const piece = fc.constantFrom('..', '.', '/', '\\', '\0', '%2e', 'a', ' ', '\ud800', 'ü', '~', ':');
  const anyPath = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
  );
  let accepted = 0;
  fc.assert(
    fc.property(anyPath, (path) => {
      let names: readonly string[];
      try {
        names = namesOf(path);
      } catch (error) {
        return error instanceof ArtifactPathError;
      }
      accepted++;
      const place = join('/store', ...names);
      const url = new URL(`hdfs://host/store/${encodedPath(names)}`);
      return (
        !isAbsolute(path) &&
        normalize(place) === place &&
        place.startsWith(`/store${sep}`) &&
        place.slice('/store/'.length) === path &&
        decodeURIComponent(url.pathname) === `/store/${path}`
      );
    }),
    { numRuns: 2000 },
  );
  t.ok(accepted > 100, `${accepted} paths were accepted`);
});

t.test('a refusal says what is wrong', async (t) => {
  t.throws(() => namesOf('../x'), /'\.\.\/x' is not the path of an artifact: '\.\.' is not a name/);
  t.throws(() => namesOf('/x'), /empty name/);
  t.throws(() => namesOf('a\\b'), /backslash/);
  t.throws(() => namesOf('ü'.repeat(200)), /longer than 255 bytes/);
  t.throws(() => namesOf('.ekiden-uploads/x'), /belongs to the store itself/);
});

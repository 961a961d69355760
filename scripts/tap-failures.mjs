// What failed in a TAP output, without what passed around it.

/** So much of what tap says of one failure is enough to begin with. */
const maxDetailLines = 30;

/**
 * The failures of a TAP output, in order: `file` is the test file, `path` the tests around the assertion and itself, `detail` the lines
 * that tap wrote about it. A test that failed because of what is in it is left out, and so is a file.
 */
export function failuresOf(tap) {
  const lines = tap.split('\n');
  const around = [];
  const failures = [];
  for (const [index, line] of lines.entries()) {
    const subtest = /^( *)# Subtest: (.*)$/.exec(line);
    if (subtest !== null) {
      while ((around.at(-1)?.indent ?? -1) >= subtest[1].length) around.pop();
      around.push({ indent: subtest[1].length, name: subtest[2] });
      continue;
    }
    const failed = /^( *)not ok \d+ - (.*?)(?: # time=\S+)?$/.exec(line);
    if (failed === null || / # (?:TODO|SKIP)\b/.test(failed[2])) continue;
    const indent = failed[1].length;
    const path = [...around.filter((test) => test.indent < indent).map(({ name }) => name), failed[2]];
    const inside = (other) =>
      path.every((name, depth) => other.path[depth] === name) && other.path.length > path.length;
    if (failures.some(inside)) continue;
    const end = lines.findIndex((other, at) => at > index && other.trim() === '...');
    const detail = lines[index + 1]?.trim() === '---' && end > 0 ? lines.slice(index + 2, end) : [];
    failures.push({ file: path[0], path, detail: detail.slice(0, maxDetailLines) });
  }
  return failures;
}

/** The failures as text for people. */
export function describeFailures(failures) {
  return failures
    .map(({ path, detail }) => `${path.join(' > ')}\n${detail.map((line) => `    ${line}\n`).join('')}`)
    .join('');
}

import { execFileSync } from 'node:child_process';
import type { OwnEngine } from './own-engine.js';

/**
 * A web server that says which task it is (`readEcho`), on the port of its first argument. After SIGTERM it serves for `DRAIN`
 * seconds, as servers behind a load balancer should: nobody is sent to it any more by then.
 */
const echo = `#!/bin/sh
trap 'sleep "\${DRAIN:-0}"; exit 0' TERM
printf '{"taskId":"%s","pid":%d}' "$MESOS_TASK_ID" $$ >/tmp/index.html
httpd -p "$1" -h /tmp
sleep 100000 &
wait
`;

/** As much of python3 as the examples call: \`python3 -m http.server PORT\`. */
const python3 = `#!/bin/sh
DRAIN=5 exec echo-server "$3"
`;

const withEcho = { 'echo-server': echo };

/** The images that the manuals' examples name, as stand-ins that do what the examples are to show. */
export function makeExampleImages(engine: OwnEngine): void {
  engine.image('busybox', { scripts: withEcho });
  engine.image('python:3', { scripts: { ...withEcho, python3 } });
  engine.image('mesosphere/inky', { changes: ['ENTRYPOINT ["/bin/echo","inky says"]'] });
  engine.image('registry:latest', {
    scripts: {
      registry:
        '#!/bin/sh\necho "$SETTINGS_FLAVOR" >"$STORAGE_PATH/flavor"\nexec httpd -f -p 5000 -h "$STORAGE_PATH"\n',
    },
    changes: ['CMD ["registry"]'],
  });
  engine.image('ghost', { scripts: withEcho, changes: ['ENTRYPOINT ["echo-server"]', 'CMD ["2368"]'] });
}

/** Host volumes by which a program of this machine runs in a container that has none of its libraries. */
export function hostProgram(path: string): { containerPath: string; hostPath: string; mode: 'RO' }[] {
  const libraries = execFileSync('ldd', [path], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g);
  return [path, ...Array.from(libraries, ([, library = '']) => library)].map((file) => ({
    containerPath: file,
    hostPath: file,
    mode: 'RO',
  }));
}

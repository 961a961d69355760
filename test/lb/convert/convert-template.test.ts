import t from 'tap';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../../src/catalog/catalog.js';
import { convertTemplate } from '../../../src/lb/convert/convert-template.js';
import { BambooModels } from '../../../src/lb/render/bamboo-model.js';
import { finishText } from '../../../src/lb/render/configuration-text.js';
import { readTemplate } from '../../../src/lb/render/template-tree.js';
import { compileTemplate } from '../../../src/lb/render/template.js';
import { parseAcl, serializeAcl } from '../../../src/lb/rules/acl.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { aTemplateModel } from '../../support/routing-models.js';

/** Written for this test, in the manner of the template that Bamboo comes with (lb.md §D.6). */
const bamboo = `global
  maxconn 400
  stats socket /run/haproxy/admin.sock mode 660 level admin

defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s

frontend http-in
  bind 127.0.0.1:18099
{{ $services := .Services }}
{{ range $index, $app := .Apps }} {{ if hasKey $services $app.Id }} {{ $service := getService $services $app.Id }}
  acl {{ $app.EscapedId }}-aclrule {{ $service.Acl }}
  use_backend {{ $app.EscapedId }}-cluster if {{ $app.EscapedId }}-aclrule
{{ else }}
  # a default: {{ $app.Labels.TEAM }}
  acl {{ $app.EscapedId }}-aclrule path_beg -i {{ $app.Id }}
  use_backend {{ $app.EscapedId }}-cluster if {{ $app.EscapedId }}-aclrule
{{ end }} {{ end }}
  stats enable
  stats uri /haproxy_stats

{{- /* one for each app */}}
{{ range $index, $app := .Apps }}
backend {{ $app.EscapedId }}-cluster{{ if $app.HealthCheckPath }}
  option httpchk GET {{ $app.HealthCheckPath }}{{ end }}
  balance leastconn
  {{ range $page, $task := .Tasks }}{{ if .Alive }}
  server {{ $app.EscapedId }}-{{ $task.Host }}-{{ $task.Port }} {{ $task.Host }}:{{ $task.Port }}{{ if $app.HealthCheckPath }} check inter 30000{{ end }}{{ if eq $app.HealthCheckProtocol "HTTPS" }} ssl verify none{{ end }} {{ end }}
  {{ end }}
  {{ with $owner := $app.Env.OWNER }}# {{ $owner | ToUpper }} {{ len (Split $owner ",") }}{{ else }}# nobody's{{ end }}
{{ end }}
`;

const check = { protocol: 'HTTP', path: '/up ?', intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 };

t.test("a template of Bamboo's does here what it did there", (t) => {
  const { text, losses } = convertTemplate(bamboo);
  t.same(losses, []);
  t.same(readTemplate(text), { problems: [], usesApps: true });
  const catalog = new Catalog();
  catalog.change({
    apps: [
      catalogApp('/web/a', 1, { healthChecks: [check], env: { OWNER: 'me,you' } }),
      catalogApp('/b', 2, { labels: { TEAM: 'x', OTHER: 'x\ny' } }),
    ],
    removedApps: [],
    instances: [
      catalogInstance('/web/a', 'w1', [31_001], { host: '10.0.0.1', healthy: true }),
      catalogInstance('/web/a', 'w2', [31_002], { host: '10.0.0.2', healthy: false }),
      catalogInstance('/b', 'b1', [31_003], { host: '10.0.0.3' }),
    ],
    removedInstances: [],
  });
  const model = aTemplateModel(
    {},
    { apps: new BambooModels().read(catalog, [{ id: '/web/a', acl: 'hdr(host) -i a.local' }]) },
  );
  const finished = finishText(compileTemplate(text)(model), '/run/h.sock').text;
  const lines = finished.split('\n').map((line) => line.trim());
  for (const line of [
    `acl ::web::a-aclrule ${serializeAcl(parseAcl('hdr(host) -i a.local'))}`,
    'use_backend ::web::a-cluster if ::web::a-aclrule',
    'acl ::b-aclrule path_beg -i /b',
    "# a default: 'x'",
    'backend ::web::a-cluster',
    "option httpchk GET '/up ?'",
    'server ::web::a-10.0.0.1-31001 10.0.0.1:31001 check inter 30000',
    'server ::b-10.0.0.3-31003 10.0.0.3:31003',
    "# 'ME,YOU' 2",
    "# nobody's",
  ]) {
    t.ok(lines.includes(line), line);
  }
  t.notMatch(finished, /31002|admin\.sock/);
  if (withoutHaproxy() === false) {
    const file = join(t.testdir(), 'haproxy.cfg');
    writeFileSync(file, finished);
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });
    t.equal(status, 0, stderr);
  }
  t.end();
});

t.test('what is lost is told line by line', (t) => {
  const { text, losses } = convertTemplate(
    [
      'global',
      '{{ range .Apps }}{{ .Id | html }}{{ end }}',
      '{{ $x := 1 }}{{ $x = 2 }}',
      '{{ define "y" }}',
      'rspadd X:\\ y',
      'listen a :80',
      '{{ if .Apps }}',
    ].join('\n'),
  );
  t.same(
    losses.map(({ line }) => line),
    [2, 3, 4, 5, 6, 7],
  );
  t.match(losses[0]?.reason, /the function html is not known/);
  t.match(text, '{{!-- not converted: .Id | html --}}');
  t.throws(() => convertTemplate('a\n{{ x'), /line 2: a \{\{ is not closed/);
  t.end();
});

t.test('the rest of the language', (t) => {
  const model = { ...aTemplateModel(), list: ['a', 'b'], map: { k: 'v' }, none: [], text: 'x' };
  const run = (template: string): string =>
    compileTemplate(convertTemplate(template).text.split('\n').slice(5).join('\n'))(model);
  t.equal(run('{{range $i, $v := .list}}{{$i}}={{$v}};{{end}}'), '0=a;1=b;');
  t.equal(run('{{range $k, $v := .map}}{{$k}}={{$v}}{{end}}{{range .none}}x{{else}}none{{end}}'), 'k=vnone');
  t.equal(run('{{if and .text (not .none)}}1{{else}}2{{end}}{{if .none}}1{{else if eq .text "x"}}3{{end}}'), '13');
  t.equal(run('a  {{- .text -}}  b {{printf "%s-%d" .text 3}} {{index .list 1}} {{len .list}}'), 'axb x-3 b 2');
  t.equal(run('{{if $y := .text}}{{$y}}{{$.text}}{{end}}{{with .map}}{{.k}}{{end}}'), 'xxv');
  t.equal(run('{{"}}"}} \\ {{`a`}} x:\\{{.text}}'), '}} \\ a x:\\x');
  t.end();
});

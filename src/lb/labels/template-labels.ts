import type { PathId } from '../../common/path-id.js';
import type { Mode } from '../compile/routing-model.js';
import { AclError, splitWords } from '../rules/acl-words.js';
import { readBackendDirective } from './backend-directives.js';
import { FrontendLines } from './frontend-lines.js';
import type { Balance, SettingProblem } from './service-settings.js';
import { templateSettings } from './setting-names.js';
import { formatLine } from './template-fields.js';
import type { TemplateFields } from './template-fields.js';
import { SettingError, shown } from './values.js';

const maxLabelLength = 16_384;
const maxLines = 100;
const maxDirectives = 50;
const maxAliases = 100;

/** The port whose template labels are read. */
export interface TemplateContext {
  readonly appId: PathId;
  readonly portIndex: number;
  readonly servicePort: number;
  /** Its host names, checked. */
  readonly hosts: readonly string[];
  /** The text of `HAPROXY_{n}_PATH`. */
  readonly path: string;
  /** All settings of the app, by name. */
  readonly values: ReadonlyMap<string, string>;
  /** `--lb_template_labels`. */
  readonly isOn: boolean;
}

/** What the template labels of a port come to. */
export interface TemplateReading {
  readonly directives: readonly string[];
  readonly aliases: readonly string[];
  /** null = what the other settings say. */
  readonly balance: Balance | null;
  readonly mode: Mode | null;
  readonly problems: readonly SettingProblem[];
}

const none: TemplateReading = { directives: [], aliases: [], balance: null, mode: null, problems: [] };

/** Lines that keep somebody out. A service without such a line of its own would be open. */
const guard =
  /^\s*(?:(?:http-request|http-response|tcp-request\s+\S+|tcp-response\s+\S+)\s+(?:auth|deny|lua\.\S+|reject|return|silent-drop|tarpit)|block|reqi?deny|reqi?tarpit|rspi?deny)(?:\s|$)/;
/** Those that `HAPROXY_{n}_AUTH` stands for, which is read by itself. */
const passwordGuard = /^\s*http-request\s+auth\s/;

/** Stand for `{backend}`, and for `{balance}` and `{mode}`, in a formatted line; in a label they are refused. */
const ownBackend = '\ue000';
const asElsewhere = '\ue001';

/**
 * Reads the labels that replace pieces of marathon-lb's template (`HAPROXY_{n}_BACKEND_HEAD` …). They are text of a configuration,
 * and nothing of them is put out as it is: every line is split into words, understood (backend-directives.ts, frontend-lines.ts)
 * and written anew; what is not understood is refused, with its line. A refused line that keeps
 * somebody out costs the service: without it, it would be open to all.
 */
export function readTemplateLabels(context: TemplateContext): TemplateReading {
  const prefix = `HAPROXY_${context.portIndex}_`;
  const labels = [...context.values].filter(
    ([name, text]) =>
      name.startsWith(prefix) && Object.hasOwn(templateSettings, name.slice(prefix.length)) && text.trim() !== '',
  );
  if (labels.length === 0) return none;
  const reader = new TemplateReader(context);
  for (const [name, text] of labels) reader.read(name, text, templateSettings[name.slice(prefix.length)] ?? 'other');
  return reader.finish();
}

/** Names as marathon-lb makes them: the id without its first slash, with `_` for the others. */
function cleaned(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, '_');
}

class TemplateReader {
  readonly #context: TemplateContext;
  readonly #fields: TemplateFields;
  /** The backend as `{backend}` or by the name that marathon-lb would give it. */
  readonly #ownNames: ReadonlySet<string>;
  readonly #directives = new Set<string>();
  readonly #problems: SettingProblem[] = [];
  readonly #frontends: FrontendLines;
  readonly #labels = new Set<string>();
  #balance: Balance | null = null;
  #mode: Mode | null = null;

  constructor(context: TemplateContext) {
    this.#context = context;
    const { appId, servicePort, hosts, path } = context;
    const id = appId.replace(/^\//, '').replaceAll('/', '_');
    const hostname = `${cleaned(hosts[0] ?? '')}_${id}`;
    this.#ownNames = new Set([ownBackend, `${id}_${servicePort}`]);
    this.#frontends = new FrontendLines({ ownBackends: this.#ownNames, ownTest: `host_${hostname}`, path });
    this.#fields = {
      appId,
      backend: ownBackend,
      balance: asElsewhere,
      cleanedUpHostname: hostname,
      hostname: hosts[0] ?? '',
      mode: asElsewhere,
      path,
      servicePort: String(servicePort),
    };
  }

  read(label: string, text: string, where: 'backend' | 'frontend' | 'other'): void {
    this.#labels.add(label);
    const lines = text.split(/\r?\n/);
    if (text.length > maxLabelLength || lines.length > maxLines) {
      this.#refuse(label, `is longer than ${maxLabelLength} characters or ${maxLines} lines`, true);
    } else if (where === 'other') {
      const isGuard = lines.some((line) => guard.test(line) && !(label.includes('AUTH') && passwordGuard.test(line)));
      this.#refuse(label, 'is not one of the templates that are read here', isGuard);
    } else if (where === 'frontend' && this.#context.hosts.length === 0) {
      this.#refuse(label, 'is for services with hosts', false);
    } else {
      this.#readLines(label, lines, where);
    }
  }

  #readLines(label: string, lines: readonly string[], where: 'backend' | 'frontend'): void {
    // A head begins outside of any section; what stands in another one than the own backend is not this service's business.
    let isInside = !label.endsWith('_HEAD');
    lines.forEach((line, at) => {
      try {
        const formatted = formatLine(line.replaceAll('\t', ' '), this.#fields);
        const words = splitWords(formatted.replace(/^ *#.*$/, '')).map((word) => word.text);
        const [first] = words;
        if (first === undefined) return;
        if (sections.has(first)) {
          isInside = first === 'backend' && words.length === 2 && this.#ownNames.has(words[1] ?? '');
          if (!isInside) throw new SettingError(`${shown(first)} begins another section`);
        } else if (!isInside) {
          throw new SettingError('stands in another section');
        } else if (where === 'backend') {
          this.#readBackendLine(words);
        } else {
          this.#frontends.read(words);
        }
      } catch (error) {
        if (!(error instanceof SettingError || error instanceof AclError)) throw error;
        // A test of a frontend that is not understood may be what keeps the world out.
        const isGuard = guard.test(line) || (where === 'frontend' && /^\s*(?:acl|use_backend)\s/.test(line));
        this.#refuse(label, `line ${at + 1}: ${error.message}`, isGuard);
      }
    });
  }

  finish(): TemplateReading {
    const { isOn, hosts } = this.#context;
    if (!isOn) return { ...none, problems: this.#problemsOfUnread() };
    return {
      directives: [...this.#directives],
      aliases: this.#frontends
        .hosts()
        .filter((host) => !hosts.includes(host))
        .slice(0, maxAliases),
      balance: this.#balance,
      mode: this.#mode,
      problems: this.#problems,
    };
  }

  /** They are not asked for here; what would leave the service open is told nevertheless. */
  #problemsOfUnread(): SettingProblem[] {
    const labels = new Set(this.#labels);
    const fatal = this.#problems.filter((problem) => problem.isFatal);
    for (const { label } of fatal) labels.delete(label);
    const reason = 'is not read here (--lb_template_labels)';
    return [...fatal, ...[...labels].map((label) => ({ label, reason, isFatal: false }))];
  }

  #refuse(label: string, reason: string, isGuard: boolean): void {
    this.#problems.push({
      label,
      reason: isGuard ? `${reason}; it keeps somebody out, so the service is left out` : reason,
      isFatal: isGuard,
    });
  }

  #readBackendLine(words: readonly string[]): void {
    if (words.length === 2 && words[1] === asElsewhere && (words[0] === 'balance' || words[0] === 'mode')) return;
    if (words.some((word) => word.includes(ownBackend) || word.includes(asElsewhere))) {
      throw new SettingError('has {backend}, {balance} or {mode} where it says nothing');
    }
    const directive = readBackendDirective(words);
    if (directive.kind === 'balance') this.#balance = directive.balance;
    else if (directive.kind === 'mode') this.#mode = directive.mode;
    else if (directive.kind === 'line') this.#add(directive.text);
  }

  #add(line: string): void {
    if (this.#directives.size >= maxDirectives) throw new SettingError(`is one more than ${maxDirectives}`);
    this.#directives.add(line);
  }
}

const sections: ReadonlySet<string> = new Set([
  'backend',
  'cache',
  'defaults',
  'fcgi-app',
  'frontend',
  'global',
  'http-errors',
  'listen',
  'log-forward',
  'mailers',
  'peers',
  'program',
  'resolvers',
  'ring',
  'userlist',
]);

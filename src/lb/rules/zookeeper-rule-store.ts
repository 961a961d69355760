import { createLimiter } from '../../common/concurrency.js';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { PathId } from '../../common/path-id.js';
import { sleep } from '../../common/time.js';
import { formatServer } from '../../zookeeper/address.js';
import type { ZooKeeperAddress } from '../../zookeeper/address.js';
import { openZooKeeper } from '../../zookeeper/client.js';
import type { SessionState, ZooKeeperClient } from '../../zookeeper/client.js';
import { ZooKeeperError, zooKeeperCodeOf } from '../../zookeeper/errors.js';
import { keepSession } from '../../zookeeper/keep-session.js';
import type { KeptSession } from '../../zookeeper/keep-session.js';
import { childPath, ensurePath } from '../../zookeeper/paths.js';
import { formatNode, idOfNode, nodeNameOf, parseNode } from './bamboo-node.js';
import { keepRules, readKeptRules } from './kept-rules.js';
import type { KeptRules } from './kept-rules.js';
import { RuleFollower } from './rule-follower.js';
import { checkRuleSize, readRuleId, RuleError, rulesById } from './rule.js';
import type { Rule } from './rule.js';
import { checkSeen, RuleConflictError, RuleStoreAwayError } from './rule-store.js';
import type { LeftOutRule, RuleStore, SeenRule } from './rule-store.js';
import { maxRules } from './rules-file.js';

export interface ZooKeeperRulesOptions {
  readonly address: ZooKeeperAddress;
  /** Where the rules in force are kept for a start without ZooKeeper. */
  readonly keptPath: string;
  readonly logger: Logger;
  /** Called after the rules in force, or `problem`, have changed. */
  readonly onChange: () => void;
  /** Default 10 s, as Bamboo's. */
  readonly sessionTimeoutMs?: number;
  /** How long a write waits for ZooKeeper. Default 5 s. */
  readonly requestTimeoutMs?: number;
  /** How long opening waits for the first reading. Default 2 s where rules are known from before, otherwise 10 s. */
  readonly patienceMs?: number;
}

const knownPatienceMs = 2_000;
const unknownPatienceMs = 10_000;
/** A node's data that is longer is not read as a rule. */
const maxNodeBytes = 65_536;
const maxTries = 5;

/** What a node says, as far as it can be used. */
interface Node {
  readonly text: string;
  readonly rule: Rule | undefined;
  readonly reason: string | undefined;
  /** Its name is the one that Bamboo gives to the node of this rule. */
  readonly isOwn: boolean;
}

function leftOutNode(reason: string, text = ''): Node {
  return { text, rule: undefined, reason, isOwn: false };
}

function readNode(name: string, data: Buffer): Node {
  if (data.length > maxNodeBytes)
    return leftOutNode(`its node has ${data.length} bytes: at most ${maxNodeBytes} are read`);
  const text = data.toString('utf8');
  const id = idOfNode(name);
  if (id === undefined) return leftOutNode('its node has no name as Bamboo gives it (the escaped id of an app)', text);
  try {
    const rule: Rule = { id: readRuleId(id), ...parseNode(text) };
    checkRuleSize(rule);
    return { text, rule, reason: undefined, isOwn: nodeNameOf(rule.id) === name };
  } catch (error) {
    return leftOutNode(messageOf(error), text);
  }
}

/**
 * The rules in ZooKeeper in Bamboo's own layout: one node below `path` for each. This class keeps what the nodes say as it arrives: the
 * answers of one connection come in the order of the requests, so the last that came is the newest.
 */
class ZooKeeperRules implements RuleStore {
  readonly kind = 'zookeeper';
  readonly where: string;
  readonly #options: ZooKeeperRulesOptions;
  readonly #path: string;
  readonly #kept: KeptRules;
  readonly #session: KeptSession;
  readonly #nodes = new Map<string, Node>();
  /** Resolves when all nodes have been read once. */
  readonly #firstRead: Promise<void>;
  #isRead = false;
  #noteFirstRead: () => void = () => undefined;
  #client: ZooKeeperClient | undefined;
  #follower: RuleFollower | undefined;
  #rules: ReadonlyMap<PathId, Rule>;
  #leftOut: readonly LeftOutRule[] = [];
  #trouble: { readonly since: string; readonly reason: string } | undefined;
  readonly rulesBefore: ReadonlyMap<PathId, Rule> | undefined;

  constructor(options: ZooKeeperRulesOptions, where: string, kept: ReadonlyMap<PathId, Rule> | undefined) {
    const { address, keptPath, logger, sessionTimeoutMs = 10_000, requestTimeoutMs = 5_000 } = options;
    this.#options = options;
    this.where = where;
    this.#path = address.path;
    this.rulesBefore = kept;
    this.#rules = kept ?? new Map();
    this.#kept = keepRules(keptPath, where, logger);
    this.#trouble = { since: new Date().toISOString(), reason: 'no server has answered yet' };
    this.#firstRead = new Promise((resolve) => (this.#noteFirstRead = resolve));
    this.#session = keepSession({
      open: () => {
        this.#client = openZooKeeper({
          servers: address.servers,
          ...(address.credentials === undefined ? {} : { credentials: address.credentials }),
          sessionTimeoutMs,
          requestTimeoutMs,
          logger,
          random: Math.random,
        });
        this.#watchState(this.#client);
        return this.#client;
      },
      follow: (client, signal) => this.#follow(client, signal),
      logger,
      random: Math.random,
    });
  }

  get rules(): ReadonlyMap<PathId, Rule> {
    return this.#rules;
  }

  get leftOut(): readonly LeftOutRule[] {
    return this.#leftOut;
  }

  get problem(): string | undefined {
    if (this.#trouble === undefined) return undefined;
    const { since, reason } = this.#trouble;
    return `since ${since}: ${reason}; the rules that were in force stay so, and cannot be changed`;
  }

  async put(rule: Rule, seen?: SeenRule): Promise<void> {
    checkRuleSize(rule);
    await this.#write(rule.id, async (client) => {
      const name = this.#nameOf(rule.id);
      const path = childPath(this.#path, name);
      const data = Buffer.from(formatNode(rule));
      const version = await this.#versionSeen(client, rule.id, seen);
      let exists = seen === undefined ? this.#nodes.has(name) : seen !== null;
      for (let tries = 1; ; tries += 1) {
        try {
          if (exists) await this.#replace(client, path, data, version);
          else await this.#create(client, path, data);
          this.#take(name, readNode(name, data));
          return;
        } catch (error) {
          const code = zooKeeperCodeOf(error);
          const isOther = exists ? code === 'NO_NODE' : code === 'NODE_EXISTS';
          if (code === 'BAD_VERSION' || (isOther && seen !== undefined)) throw changed(rule.id);
          if (!isOther || tries === maxTries) throw error;
          exists = !exists;
        }
      }
    });
  }

  async remove(id: PathId, seen?: SeenRule): Promise<boolean> {
    return this.#write(id, async (client) => {
      const name = this.#nameOf(id);
      const version = await this.#versionSeen(client, id, seen);
      try {
        await client.remove(childPath(this.#path, name), version);
      } catch (error) {
        const code = zooKeeperCodeOf(error);
        if (code === 'BAD_VERSION') throw changed(id);
        if (code !== 'NO_NODE') throw error;
        this.#take(name, undefined);
        return false;
      }
      this.#take(name, undefined);
      return true;
    });
  }

  async close(): Promise<void> {
    await this.#session.close();
    await this.#kept.close();
  }

  /** Resolves when the rules have been read, or that takes too long. */
  async opened(): Promise<void> {
    const usualMs = this.rulesBefore === undefined ? unknownPatienceMs : knownPatienceMs;
    await this.#waitForRead(this.#options.patienceMs ?? usualMs);
  }

  async #waitForRead(ms: number): Promise<void> {
    const waiting = new AbortController();
    await Promise.race([this.#firstRead, sleep(ms, waiting.signal)]);
    waiting.abort();
  }

  /** Carries out a write; what ZooKeeper has against it is told as a RuleStoreAwayError. */
  async #write<T>(id: PathId, work: (client: ZooKeeperClient) => Promise<T>): Promise<T> {
    const { requestTimeoutMs = 5_000 } = this.#options;
    if (!this.#isRead && this.#client?.state === 'connected') await this.#waitForRead(requestTimeoutMs);
    const client = this.#client;
    const isThere = client?.state === 'connected' || client?.state === 'suspended';
    if (!isThere || !this.#isRead) {
      throw new RuleStoreAwayError(`nothing is stored: the rules in ${this.where} cannot be reached, ${this.problem}`);
    }
    try {
      return await work(client);
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      if (error.code === 'NO_NODE') {
        throw new RuleConflictError(`nothing is stored: ${this.#path} is gone from ZooKeeper; make it again first`);
      }
      throw new RuleStoreAwayError(
        error.maybeApplied
          ? `ZooKeeper has not confirmed that the rule of ${id} is stored; look again: ${error.message}`
          : `nothing is stored: ${error.message}`,
      );
    }
  }

  /** The version that the node of a rule must have to be the one that the writer saw; -1 = any. */
  async #versionSeen(client: ZooKeeperClient, id: PathId, seen: SeenRule): Promise<number> {
    if (seen === undefined) return -1;
    const name = this.#nameOf(id);
    const found = await client.get(childPath(this.#path, name)).catch((error: unknown) => {
      if (zooKeeperCodeOf(error) === 'NO_NODE') return undefined;
      throw error;
    });
    checkSeen(id, seen, found === undefined ? undefined : readNode(name, found.data).rule);
    return found?.stat.version ?? -1;
  }

  async #create(client: ZooKeeperClient, path: string, data: Buffer): Promise<void> {
    if (this.#nodes.size >= maxRules) throw new RuleError(`more than ${maxRules} rules`);
    await client.create(path, data);
  }

  /** Bamboo looks at the data of its path only: setting it is how a change of a node is told to every Bamboo. */
  async #replace(client: ZooKeeperClient, path: string, data: Buffer, version: number): Promise<void> {
    try {
      await client.multi([
        { type: 'set', path, data, version },
        { type: 'set', path: this.#path, data: Buffer.alloc(0) },
      ]);
    } catch (error) {
      if (!(error instanceof ZooKeeperError) || error.code !== 'NO_AUTH' || error.operation !== 1) throw error;
      await client.set(path, data, version);
    }
  }

  /** The node that a rule has, or would have. */
  #nameOf(id: PathId): string {
    const own = nodeNameOf(id);
    if (this.#nodes.has(own) || !this.#rules.has(id)) return own;
    for (const [name, { rule }] of this.#nodes) if (rule?.id === id) return name;
    return own;
  }

  /** Takes over what a write has made of a node. */
  #take(name: string, node: Node | undefined): void {
    this.#follower?.written(name);
    if (node === undefined) this.#nodes.delete(name);
    else this.#nodes.set(name, node);
    this.#publish();
  }

  #watchState(client: ZooKeeperClient): void {
    client.onState((state: SessionState) => {
      if (state === 'disconnected') this.#note('no server is heard');
      else if (state === 'expired') this.#note('the session has ended');
      else if (state === 'refused') this.#note('it refuses the user and password');
    });
  }

  async #follow(client: ZooKeeperClient, signal: AbortSignal): Promise<void> {
    const limited = createLimiter(100);
    const follower = new RuleFollower({
      client,
      signal,
      path: this.#path,
      maxNodes: maxRules,
      limited,
      known: () => this.#nodes.keys(),
      read: (name, data) => {
        if (data === undefined) this.#nodes.delete(name);
        else if (this.#nodes.get(name)?.text !== data.toString('utf8')) this.#nodes.set(name, readNode(name, data));
      },
      unreadable: (name, reason) => this.#nodes.set(name, leftOutNode(reason)),
      make: async () => {
        if (this.#rules.size > 0) return false;
        await ensurePath(client, this.#path);
        return true;
      },
      published: () => {
        this.#isRead = true;
        this.#note(undefined);
        this.#publish();
        this.#noteFirstRead();
      },
      trouble: (reason) => this.#note(reason),
    });
    this.#follower = follower;
    await follower.run();
  }

  /** Notes why what is stored is not known; undefined when it is. */
  #note(reason: string | undefined): void {
    const before = this.#trouble;
    if (before?.reason === reason) return;
    const { logger, onChange } = this.#options;
    this.#trouble = reason === undefined ? undefined : { since: before?.since ?? new Date().toISOString(), reason };
    if (reason === undefined) logger.info({ where: this.where }, 'the rules are read from ZooKeeper');
    else logger.warn({ where: this.where, reason }, 'the rules in ZooKeeper cannot be followed; those in force stay');
    onChange();
  }

  /** Brings into force what the nodes say. */
  #publish(): void {
    const byId = new Map<PathId, { rule: Rule; isOwn: boolean; name: string }>();
    const leftOut: LeftOutRule[] = [];
    for (const [name, { rule, reason, isOwn }] of this.#nodes) {
      if (rule === undefined) {
        leftOut.push({ id: idOfNode(name) ?? name, reason: reason ?? '' });
        continue;
      }
      const other = byId.get(rule.id);
      const wins = other === undefined || isOwn || (!other.isOwn && name < other.name);
      if (wins) byId.set(rule.id, { rule, isOwn, name });
      const loser = wins ? other?.name : name;
      if (loser !== undefined) {
        leftOut.push({ id: idOfNode(loser) ?? loser, reason: `another node holds the rule of ${rule.id}` });
      }
    }
    const rules = rulesById(
      [...byId.values()].map(({ rule }) => rule),
      this.#rules,
    );
    const isSame = rules.size === this.#rules.size && [...rules].every(([id, rule]) => this.#rules.get(id) === rule);
    const isLeftOutSame = JSON.stringify(leftOut) === JSON.stringify(this.#leftOut);
    this.#leftOut = leftOut;
    if (!isSame) {
      this.#rules = rules;
      this.#kept.keep(rules);
    }
    if (!isSame || !isLeftOutSame) this.#options.onChange();
  }
}

function changed(id: PathId): RuleConflictError {
  return new RuleConflictError(`the rule of ${id} was changed meanwhile`);
}

/**
 * Follows the rules below a path in ZooKeeper, made with those above it if it is not there and no rules are known from before. While
 * ZooKeeper is away, also from the start on, the rules that were known last stay in force. Returns when they have been read, or
 * after some seconds.
 */
export async function openZooKeeperRules(options: ZooKeeperRulesOptions): Promise<RuleStore> {
  const { address, keptPath, logger } = options;
  const where = `zk://${address.servers.map(formatServer).join(',')}${address.path}`;
  const store = new ZooKeeperRules(options, where, await readKeptRules(keptPath, where, logger));
  await store.opened();
  return store;
}

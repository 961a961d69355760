import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf, StartupError } from '../../common/errors.js';
import type { Resource } from '../../mesos/types.js';
import { resourcesText, wireResources } from '../resource-forms.js';
import type { ResourceOperation } from '../resource-operations.js';
import { conversionOf, convert, withoutOperations } from '../resource-operations.js';
import type { ResourceEntry, Resources } from '../resources.js';
import {
  addResources,
  containsResources,
  filterResources,
  isDynamicallyReserved,
  isPersistentVolume,
  parseResources,
  reservationRole,
  subtractResources,
} from '../resources.js';

/** What has to be remembered: all that was made by operations. */
function madeByOperations(resources: Resources): Resources {
  return filterResources(resources, (entry) => isDynamicallyReserved(entry) || isPersistentVolume(entry));
}

async function readRecord(file: string): Promise<Resources> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Map();
    throw error;
  }
  try {
    return parseResources(JSON.parse(text) as readonly Resource[]);
  } catch (error) {
    throw new StartupError(
      `${file} cannot be read: ${messageOf(error)}. It says what is reserved on this agent and which volumes it has; ` +
        'remove it to start without them',
    );
  }
}

/** Where an agent keeps the record of its operations, and the data of volumes. */
export interface ReservedPaths {
  readonly record: string;
  /** Volumes are at `roles/<role>/<persistence id>` below it. */
  readonly volumes: string;
}

/**
 * The resources of an agent with what RESERVE, CREATE and their opposites made of them, kept over restarts. A volume has a
 * directory from its creation to its end.
 */
export class ReservedResources {
  readonly #paths: ReservedPaths;
  #total: Resources;
  /** The last operation; undefined when none is under way. */
  #last: Promise<void> | undefined;

  private constructor(paths: ReservedPaths, total: Resources) {
    this.#paths = paths;
    this.#total = total;
  }

  /** Finds what earlier operations made of `configured`. Throws StartupError when that is not enough for them any more. */
  static async open(paths: ReservedPaths, configured: Resources): Promise<ReservedResources> {
    const made = await readRecord(paths.record);
    const plain = withoutOperations(made);
    if (!containsResources(configured, plain)) {
      throw new StartupError(
        `--resources: ${resourcesText(configured, undefined)} is less than what is reserved on this agent: ` +
          `${resourcesText(plain, undefined)}. Start with at least that, or remove ${paths.record}`,
      );
    }
    return new ReservedResources(paths, addResources(subtractResources(configured, plain), made));
  }

  get total(): Resources {
    return this.#total;
  }

  /** Resolves when all operations so far are on disk; undefined when none is under way. */
  get settled(): Promise<void> | undefined {
    return this.#last;
  }

  /** Carries out operations one after the other; each is on disk when it resolves. Rejects when it is not possible. */
  apply(operation: ResourceOperation): Promise<void> {
    const before = this.#last ?? Promise.resolve();
    const applied = before.then(() => this.#apply(operation));
    const last = applied
      .catch(() => undefined)
      .then(() => {
        if (this.#last === last) this.#last = undefined;
      });
    this.#last = last;
    return applied;
  }

  async #apply(operation: ResourceOperation): Promise<void> {
    const conversion = conversionOf(operation);
    const total = convert(this.#total, conversion);
    if (total === undefined) {
      const [have, need] = [this.#total, conversion.consumed].map((r) => resourcesText(r, undefined));
      throw new Error(`${have} does not contain ${need}`);
    }
    const { type } = operation;
    // A crash in between leaves a directory that nobody knows: the next volume of that name starts empty all the same.
    if (type === 'CREATE') {
      for (const volume of conversion.converted.values()) {
        await rm(this.#directoryOf(volume), { recursive: true, force: true });
        await mkdir(this.#directoryOf(volume), { recursive: true });
      }
    }
    const record = wireResources(madeByOperations(total), { withRole: false });
    await writeFileAtomic(this.#paths.record, JSON.stringify(record), 0o600);
    this.#total = total;
    if (type === 'DESTROY') {
      for (const volume of conversion.consumed.values()) {
        await rm(this.#directoryOf(volume), { recursive: true, force: true });
      }
    }
  }

  #directoryOf(volume: ResourceEntry): string {
    return join(this.#paths.volumes, 'roles', reservationRole(volume) ?? '*', volume.disk?.persistence?.id ?? '');
  }
}

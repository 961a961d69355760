import { keptLists } from './template.js';

type KeptList = (typeof keptLists)[number];

/** A list of the model, as a thread is told it that has seen the ones before. */
interface ListMessage {
  readonly name: KeptList;
  /** The numbers of its items in their order. */
  readonly order: Uint32Array;
  /** Items that the other side has not got. */
  readonly added: readonly (readonly [number, object])[];
}

/** A model without its big lists, and what is new in these. */
export interface ModelMessage {
  readonly rest: object;
  readonly lists: readonly ListMessage[];
}

function listIn(model: object, name: KeptList): readonly object[] | undefined {
  const list: unknown = Reflect.get(model, name);
  return Array.isArray(list) ? (list as readonly object[]) : undefined;
}

/** The side that has the models. Items are told apart by identity: what has not changed must be the same object. */
export class ModelSender {
  readonly #numbers = new Map<KeptList, ReadonlyMap<object, number>>();
  #last = 0;

  message(model: object): ModelMessage {
    const lists: ListMessage[] = [];
    const rest: Record<string, unknown> = { ...model };
    for (const name of keptLists) {
      const list = listIn(model, name);
      if (list === undefined) continue;
      delete rest[name];
      const known = this.#numbers.get(name);
      const numbers = new Map<object, number>();
      const added: (readonly [number, object])[] = [];
      const order = Uint32Array.from(list, (item) => {
        let number = known?.get(item) ?? numbers.get(item);
        if (number === undefined) added.push([(number = this.#last += 1), item]);
        numbers.set(item, number);
        return number;
      });
      this.#numbers.set(name, numbers);
      lists.push({ name, order, added });
    }
    return { rest, lists };
  }
}

/** The side that is told. Gives the same object for the same item, as long as it is in the list. */
export class ModelReceiver {
  readonly #items = new Map<KeptList, ReadonlyMap<number, object>>();

  take({ rest, lists }: ModelMessage): object {
    const model: Record<string, unknown> = { ...rest };
    for (const { name, order, added } of lists) {
      const known = this.#items.get(name);
      const fresh = new Map(added);
      const items = new Map<number, object>();
      const list: object[] = [];
      for (const number of order) {
        const item = fresh.get(number) ?? known?.get(number);
        if (item === undefined) throw new Error(`an item of ${name} is missing`);
        items.set(number, item);
        list.push(item);
      }
      this.#items.set(name, items);
      model[name] = list;
    }
    return model;
  }
}

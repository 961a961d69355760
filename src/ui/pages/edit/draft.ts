import type { ErrorDetail } from '../../http/api-error.js';
import { fieldErrors, placeOf } from './fields.js';
import type { TabId } from './fields.js';
import { tabs } from './fields.js';
import { equalJson, jsonText, valueAt } from './json-value.js';
import type { Json } from './json-value.js';
import { readJson } from './read-json.js';
import type { Mistake } from './read-json.js';

/** What is being edited: a definition, and its text as it was typed. */
export interface Draft {
  readonly text: string;
  /** The last definition that the text was. */
  readonly value: Json;
  /** Why the text is none now. */
  readonly mistake: Mistake | undefined;
}

export function draftOf(value: Json): Draft {
  return { text: jsonText(value), value, mistake: undefined };
}

/** The draft after its text was edited: stays as typed, whether it is JSON or not. */
export function withText(draft: Draft, text: string): Draft {
  const read = readJson(text);
  return 'value' in read ? { text, value: read.value, mistake: undefined } : { ...draft, text, mistake: read.mistake };
}

/** Of what was wrong with a definition that which is not about anything that is different now. */
export function stillWrong(errors: readonly ErrorDetail[], before: Json, after: Json): readonly ErrorDetail[] {
  return errors.filter(({ path }) => {
    const place = placeOf(path);
    return equalJson(valueAt(before, place), valueAt(after, place));
  });
}

/** The first tab of the form that something is wrong in; undefined when none is. */
export function firstWrongTab(errors: readonly ErrorDetail[]): TabId | undefined {
  const { byTab } = fieldErrors(errors);
  return tabs.find(({ id }) => byTab.has(id))?.id;
}

import { podJsonOf } from '../../core/normalize/pods/pod-json-of.js';
import type { PodDefinition } from '../../model/pod-definition.js';

const texts = new WeakMap<PodDefinition, string>();

/** A pod as JSON text in Marathon's form; made once for each definition, as definitions never change. */
export function podText(pod: PodDefinition): string {
  const known = texts.get(pod);
  if (known !== undefined) return known;
  const text = JSON.stringify({ ...podJsonOf(pod), version: pod.version });
  texts.set(pod, text);
  return text;
}

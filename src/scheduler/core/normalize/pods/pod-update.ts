/** A pod as a request gives it: any JSON object; `buildPod` says what is wrong with it. */
export type PodUpdate = Readonly<Record<string, unknown>>;

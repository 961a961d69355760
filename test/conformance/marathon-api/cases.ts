import { readFileSync } from 'node:fs';
import { sharedPath } from '../../support/shared.js';

/** One row of the collected cases: a request with the answer that Marathon gives, or an example of what it says. */
export interface Case {
  readonly file: string;
  readonly kind: string;
  readonly expected: 'accept' | 'reject' | 'example' | 'schema';
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly endpoint: string;
  readonly expect_status: number;
  readonly expect_path: string | null;
  readonly expect_message: string | null;
  /** Flags that the scheduler is started with. */
  readonly requires: readonly string[];
  readonly era: string;
}

const root = sharedPath('cases/marathon');

/** The collected cases; undefined where they are not at hand. */
export function readCases(): readonly Case[] | undefined {
  if (root === undefined) return undefined;
  return JSON.parse(readFileSync(`${root}/index.json`, 'utf8')) as Case[];
}

/** The text of a case's file. */
export function textOf({ file }: Case): string {
  return readFileSync(`${root ?? ''}/${file}`, 'utf8');
}

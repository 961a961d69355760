import { chown, lstat, mkdir, readdir, lchown, rename, rm, symlink } from 'node:fs/promises';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TaskUser } from './task-user.js';

/** Makes the working directory of a container, owned by the task's user, and points `runs/latest` to it. */
export async function createSandbox(sandbox: string, user: TaskUser | undefined): Promise<void> {
  const runs = dirname(sandbox);
  await mkdir(runs, { recursive: true });
  await mkdir(sandbox, { mode: 0o750 });
  if (user !== undefined) await chown(sandbox, user.uid, user.gid);
  const name = sandbox.slice(runs.length + 1);
  const temporary = join(runs, `.latest-${name}`);
  await symlink(name, temporary);
  await rename(temporary, join(runs, 'latest'));
}

/** Gives everything in the sandbox to the task's user; links themselves, not what they point to. */
export async function giveSandboxTo(directory: string, user: TaskUser): Promise<void> {
  await lchown(directory, user.uid, user.gid);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await giveSandboxTo(path, user);
    else await lchown(path, user.uid, user.gid);
  }
}

/** Appends to a log in the sandbox; never through a link, which a fetched archive may have put there. */
export async function appendToLog(sandbox: string, name: 'stdout' | 'stderr', text: string): Promise<void> {
  const file = await open(
    join(sandbox, name),
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    await file.write(text);
  } finally {
    await file.close();
  }
}

/** Removes the sandbox of an ended container, and the directories above it that are empty then. */
export async function removeSandbox(sandbox: string): Promise<void> {
  await rm(sandbox, { recursive: true, force: true });
  const runs = dirname(sandbox);
  const rest = await readdir(runs).catch(() => undefined);
  if (rest === undefined || rest.some((name) => name !== 'latest')) return;
  await rm(runs, { recursive: true, force: true });
  const executor = dirname(runs);
  if ((await lstat(executor).catch(() => undefined))?.isDirectory() === true) {
    await rm(executor, { recursive: true, force: true });
  }
}

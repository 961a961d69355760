import { useState } from 'preact/hooks';
import { ask } from '../components/ask.js';
import { Button } from '../components/button.js';
import { Dialog } from '../components/dialog.js';
import { Field } from '../components/field.js';
import { ApiError } from './api-error.js';
import { request, requestText } from './request.js';
import type { RequestOptions } from './request.js';

/** Whose API is asked: an edge by its name, through the scheduler; undefined: the one that this page came from. */
export type EdgeName = string | undefined;

/** The path of something of an edge's API, as `request` and `openStream` take it. */
export function edgePath(edge: EdgeName, path: string): string {
  return edge === undefined ? path : `ekiden/v1/edges/${encodeURIComponent(edge)}/${path}`;
}

/** What edges ask for besides the scheduler, as long as this page is open; never stored. */
const logins = new Map<string, string>();

/** Whether somebody has logged in with an edge: its streams, which cannot send a password through the scheduler, must do without. */
export function hasLogin(edge: EdgeName): boolean {
  return edge !== undefined && logins.has(edge);
}

function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function LoginDialog({
  edge,
  answer,
}: {
  readonly edge: string;
  readonly answer: (login: string | undefined) => void;
}) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  return (
    <Dialog title={`Log in at ${edge}`} onClose={() => answer(undefined)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer(basic(user, password));
        }}
      >
        <p>This load balancer asks for a password of its own (--lb_credentials).</p>
        <Field label="User">
          {(attributes) => (
            <input
              {...attributes}
              autocomplete="username"
              value={user}
              onInput={(event) => setUser(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Password">
          {(attributes) => (
            <input
              {...attributes}
              type="password"
              autocomplete="current-password"
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button kind="primary" type="submit">
          Log in
        </Button>
      </form>
    </Dialog>
  );
}

const asking = new Map<string, Promise<string | undefined>>();

/** Asks the reader for the login of an edge. Several requests find out at the same time that one is needed: one dialog answers them all. */
function askLogin(edge: string): Promise<string | undefined> {
  const known = asking.get(edge);
  if (known !== undefined) return known;
  const begun = ask<string | undefined>((answer) => <LoginDialog edge={edge} answer={answer} />).finally(() => {
    asking.delete(edge);
  });
  asking.set(edge, begun);
  return begun;
}

async function withLogin<T>(
  edge: EdgeName,
  options: RequestOptions,
  act: (options: RequestOptions) => Promise<T>,
): Promise<T> {
  if (edge === undefined) return act(options);
  const attempt = (): Promise<T> => {
    const login = logins.get(edge);
    return act(
      login === undefined
        ? options
        : { ...options, headers: { ...options.headers, 'X-Ekiden-Edge-Authorization': login } },
    );
  };
  const before = logins.get(edge);
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401 || options.signal?.aborted === true) throw error;
    if (logins.get(edge) === before) {
      const login = await askLogin(edge);
      if (login === undefined) throw error;
      logins.set(edge, login);
    }
    return attempt();
  }
}

/** Asks an edge for JSON, and the reader for a password where the edge wants one. Throws ApiError. */
export function edgeRequest<T>(edge: EdgeName, path: string, options: RequestOptions = {}): Promise<T> {
  return withLogin(edge, options, (given) => request<T>(edgePath(edge, path), given));
}

/** Asks an edge for text. */
export function edgeRequestText(edge: EdgeName, path: string, options: RequestOptions = {}): Promise<string> {
  return withLogin(edge, options, (given) => requestText(edgePath(edge, path), given));
}

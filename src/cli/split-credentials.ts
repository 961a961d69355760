/** `user:password`; a password may hold colons. */
export function splitCredentials(
  text: string | undefined,
): { readonly user: string; readonly password: string } | undefined {
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The names above `name`, up to the top: `a.b.c` → `b.c`, `c`. */
export function* ancestorsOf(name: string): Generator<string, void, undefined> {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) yield name.slice(dot + 1);
}

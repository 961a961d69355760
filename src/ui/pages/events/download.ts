/** Gives the reader a text as a file. */
export function downloadText(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser has not begun to read it by then
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

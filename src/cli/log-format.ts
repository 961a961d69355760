/** Whether log lines are coloured text for people (`--log_format`): auto is so on a terminal, unless it is that of a CI system. */
export function isPretty(format: string, isTerminal: boolean, ci: string | undefined): boolean {
  if (format !== 'auto') return format === 'pretty';
  return isTerminal && (ci === undefined || ci === '' || ci === 'false');
}

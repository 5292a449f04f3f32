/**
 * Shows that an attack succeeds where its guard is missing, so that a test that sees it refused proves the guard. The
 * product has no switch for that: these tests put a script in the helper's place (TSMACHINE_HELPER), which takes operations
 * out of the launch plan and of the records of `exec` before the real helper reads them.
 */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtHelper } from '../../setup/run-cli.ts';
import { runFolder } from '../../setup/test-run.ts';

export type Weakening =
  /** Every record whose name and arguments, joined by spaces, match this regular expression is left out. */
  | { readonly without: string }
  /** In records of this name, this argument is left out. */
  | { readonly of: string; readonly omit: string }
  /** In records of this name, this argument is added at the end. */
  | { readonly of: string; readonly add: string }
  /** In records of this name, every occurrence of one text within an argument becomes another. */
  | { readonly of: string; readonly replace: string; readonly by: string };

/** Returns the path of the script. */
export function weakenedHelper(name: string, weakenings: readonly Weakening[]): string {
  const folder = mkdtempSync(join(runFolder(), `weakened-${name}-`));
  const script = join(folder, 'helper');
  writeFileSync(join(folder, 'weakenings.json'), JSON.stringify(weakenings));
  writeFileSync(script, scriptText(folder));
  chmodSync(script, 0o755);
  return script;
}

/** A shell, because the helper must stay the very process that was started: its parent waits for it and reads its descriptors. */
function scriptText(folder: string): string {
  const weaken = `'${process.execPath}' '${join(import.meta.dirname, 'weaken.mjs')}' '${folder}/weakenings.json'`;
  return `#!/bin/sh
records=$(mktemp '${folder}/records-XXXXXX') || exit 125
case "$1" in
launch) ${weaken} > "$records" && exec '${builtHelper}' "$@" < "$records" ;;
enter) ${weaken} <&3 > "$records" && exec '${builtHelper}' "$@" 3< "$records" ;;
*) exec '${builtHelper}' "$@" ;;
esac
exit 125
`;
}

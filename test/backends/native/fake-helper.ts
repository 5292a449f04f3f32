import { chmodSync, writeFileSync } from 'node:fs';

/** A shell script in the helper's place. `$1` is the mode; records are printed with `record`. */
export function writeFakeHelper(path: string, script: string): string {
  const functions = `record() { name=$1; shift; printf '%s\\0%s\\0' "$name" "$#"; for a; do printf '%s\\0' "$a"; done; }
end() { printf 'end\\0000\\0'; }
`;
  writeFileSync(path, `#!/bin/sh\n${functions}${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

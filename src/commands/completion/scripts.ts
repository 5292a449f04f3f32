/**
 * What a shell sources. The scripts know nothing but how to ask: `tsmachine internal complete SHELL -- WORDS...` answers a
 * line a candidate, VALUE TAB DESCRIPTION, or `:files` where the shell should complete a file name. A candidate that ends
 * with = is followed by no space. Nothing is evaluated that came from a candidate or from the words.
 */
export type Shell = 'bash' | 'zsh' | 'fish';

const bash = String.raw`# tsmachine completion for bash
_tsmachine() {
  local line
  local -a lines
  COMPREPLY=()
  mapfile -t lines < <("$1" internal complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ "\${lines[0]-}" == :files ]]; then
    compopt -o default
    return
  fi
  for line in "\${lines[@]}"; do
    COMPREPLY+=("\${line%%$'\t'*}")
  done
  if [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *[=.] ]]; then
    compopt -o nospace
  fi
}
complete -F _tsmachine tsmachine
`;

const zsh = String.raw`#compdef tsmachine
# tsmachine completion for zsh
_tsmachine() {
  local line value
  local -a lines open closed
  lines=("\${(@f)$("\${words[1]}" internal complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == :files ]]; then
    _files
    return
  fi
  for line in "\${(@)lines}"; do
    [[ -n "$line" ]] || continue
    value="\${line%%$'\t'*}"
    if [[ "$value" == *[=.] ]]; then
      open+=("$value")
    else
      closed+=("\${value//:/\\:}:\${line#*$'\t'}")
    fi
  done
  (( \${#open} )) && compadd -S '' -- "\${(@)open}"
  (( \${#closed} )) && _describe 'tsmachine' closed
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _tsmachine "$@"
else
  compdef _tsmachine tsmachine
fi
`;

const fish = String.raw`# tsmachine completion for fish
function __tsmachine_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines ($words[1] internal complete fish -- $words[2..-1] "$current" 2>/dev/null)
  if test "$lines[1]" = ':files'
    __fish_complete_path "$current"
  else
    printf '%s\n' $lines
  end
end
complete -c tsmachine -f -a '(__tsmachine_complete)'
`;

export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: bash.replaceAll('\\$', '$'),
  zsh: zsh.replaceAll('\\$', '$'),
  fish,
};

// The scripts that connect a shell's completion with `nv complete`.
//
// nv complete prints one candidate per line, with two spaces before its description, and `:files` where a file name is
// possible. The scripts pass on what was typed as words and read what comes back as words: nothing of it is evaluated.

const bash = `# Completion of nv for bash: eval "$(nv completion bash)"
_nv() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() word line current broken i
  # bash splits words at = : @ too; they are put together again as they were typed.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $rest == [[:space:]]* || \${#words[@]} -eq 0 ]]; then
      rest=\${rest#"\${rest%%[![:space:]]*}"}
      words+=("$word")
    else
      words[\${#words[@]} - 1]+=$word
    fi
    rest=\${rest#"$word"}
  done
  current=\${words[\${#words[@]} - 1]}
  # Only what follows the last of them is replaced on the line.
  broken=\${current%"\${current##*[=:@]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
      continue
    fi
    line=\${line%%'  '*}
    [[ $line == "$current"* ]] && COMPREPLY+=("$(printf %q "\${line#"$broken"}")")
  done < <(command nv complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _nv nv
`

const zsh = `#compdef nv
# Completion of nv for zsh: source <(nv completion zsh)
_nv() {
  local line takes_files=0
  local -a values shown
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      takes_files=1
      continue
    fi
    values+=("\${line%%'  '*}")
    shown+=("\${line/'  '/  -- }")
  done < <(command nv complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( takes_files )) && { [[ $PREFIX == --*=* ]] && compset -P '*='; _files; }
  (( \${#values} )) && compadd -l -d shown -a values
}
if [[ \${funcstack[1]} == _nv ]]; then
  _nv "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
  compdef _nv nv
fi
`

const fish = `# Completion of nv for fish: nv completion fish > ~/.config/fish/completions/nv.fish
function __nv_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -e words[1]
    for line in (command nv complete -- $words "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (string replace -r '^--[a-z-]+=' '' -- "$current")
        else
            string replace '  ' \\t -- $line
        end
    end
end
complete -c nv -f -a '(__nv_complete)'
`

const powershell = `# Completion of nv for PowerShell
# PowerShell's own nv is short for New-Variable, and would win over the program.
if (Test-Path Alias:nv) { Remove-Item Alias:nv -Force }
Register-ArgumentCompleter -Native -CommandName nv -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
        })
    # Older versions drop an empty argument, newer ones pass these quotes on; nv takes them for an empty word.
    if ($wordToComplete -eq '') { $words += '""' }
    nv complete '--' @words 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
        $value, $description = $_ -split '  ', 2
        $text = if ($value -match '^[\\w./:=@-]+$') { $value } else { "'" + $value.Replace("'", "''") + "'" }
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    }
}
`

/** The scripts, by the name of their shell. */
export const scripts = { bash, zsh, fish, powershell } as const

export type Shell = keyof typeof scripts

export const shells = Object.keys(scripts) as Shell[]

/** The completion of fish, from version 3.4 on. */
export const FISH_SCRIPT = `# Completion of kubectl-reload for fish. Load it with: kubectl reload completion fish | source

# Only quotes, a ~ and a $NAME are read: pressing TAB runs nothing.
function __kubectl_reload_read_word
    set -l name (string match -rg '^\\$(\\w+)$' -- $argv[1])
    if test -n "$name"
        echo -- $$name
    else
        string replace -r '^~/' "$HOME/" -- $argv[1]
    end
end

function __kubectl_reload_complete
    set -l words
    for word in (commandline -opc)
        set -a words (__kubectl_reload_read_word $word)
    end
    set -l typed (commandline -ct)
    # A quote may be open at the end.
    set -l current ''
    for quote in '' '"' "'"
        if set current (string unescape -- "$typed$quote")
            break
        end
    end
    set -l program $words[1]
    type -q -- $program
    or set program kubectl-reload
    set -l answer ($program __complete $words[2..-1] (__kubectl_reload_read_word "$current") 2>/dev/null)
    set -l directive (string match -rg '^:(\\d+)$' -- $answer[-1])
    or return

    # Of --flag=value the answer holds the value.
    set -l flag (string match -r -- '^-[^=]*=' $current)
    set -l value (string replace -r -- '^-[^=]*=' '' $current)
    if test (math "bitand($directive, 16)") -ne 0
        printf '%s\\n' "$flag"(__fish_complete_directories $value)
    else if test (math "bitand($directive, 4)") -eq 0 -a (count $answer) -eq 1
        printf '%s\\n' "$flag"(__fish_complete_path $value)
    else
        printf '%s\\n' "$flag"$answer[1..-2]
    end
end

complete -c kubectl-reload -e
complete -c kubectl-reload -f -a '(__kubectl_reload_complete)'
`;

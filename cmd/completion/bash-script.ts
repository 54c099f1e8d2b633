/** The completion of bash, from version 3.2 on. It needs no other package. */
export const BASH_SCRIPT = `# Completion of kubectl-reload for bash. Load it with: source <(kubectl reload completion bash)

# Reads the quotes, the ~ and the $NAME of a word: REPLY gets what it means, and quote the quote that is open at its end.
# A word with anything else that a shell would expand stays as it is: pressing TAB runs nothing.
_kubectl_reload_unquote() {
    local word=$1
    REPLY=$word
    quote=
    [[ $word == *[\\\\\\"\\'\\$~]* ]] || return 0
    [[ $word != *[\\\`\\(\\)\\<\\>\\;\\&\\|]* && $word != *$'\\n'* && \${word//\\$[A-Za-z_]/} != *\\$* ]] || return 0
    for quote in '' \\" \\'; do
        REPLY=$(set +u && eval "word=$word$quote" 2>/dev/null && printf '%s' "$word") && return 0
    done
    REPLY=$word
    quote=
}

_kubectl_reload_quote() {
    REPLY=$1
    [[ $1 != *[!A-Za-z0-9_./:=@,+%-]* ]] || printf -v REPLY '%q' "$1"
}

_kubectl_reload() {
    local line=\${COMP_LINE:0:COMP_POINT} rest word i quote REPLY
    local -a raw=() words=()
    # Bash takes words apart at = : @ as well: pieces without a blank between them are one word.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        rest=\${line#"\${line%%[![:space:]]*}"}
        word=\${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || word=$rest
        if ((i > 0)) && [[ $rest == "$line" ]]; then
            raw[\${#raw[@]} - 1]+=$word
        else
            raw+=("$word")
        fi
        line=\${rest#"$word"}
    done
    for word in "\${raw[@]}"; do
        _kubectl_reload_unquote "$word"
        words+=("$REPLY")
    done

    local program=\${words[0]} current=\${words[\${#words[@]} - 1]} typed=\${raw[\${#raw[@]} - 1]} open=$quote flag='' answer directive
    [[ $(type -t "$program") == file ]] || program=kubectl-reload
    answer=$("$program" __complete "\${words[@]:1}" 2>/dev/null) || return 0
    directive=\${answer##*:}
    [[ $directive =~ ^[0-9]+$ ]] || return 0
    if [[ $current == -*=* ]]; then
        flag=\${current%%=*}=
        current=\${current#*=}
    fi

    # What stands before the last of these characters is not replaced.
    local kept=$typed name description longest=0
    local -a names=() descriptions=()
    if [[ -n $open ]]; then
        kept=\${typed%"$open"*}
        # What the quote does not protect cannot be written within it.
        [[ \${typed##*"$open"} != *[\\\\\\"\\'\\$\\\`]* ]] || return 0
        _kubectl_reload_unquote "$kept"
        kept=$REPLY
    else
        while [[ -n $kept && $COMP_WORDBREAKS != *"\${kept:\${#kept}-1}"* ]]; do kept=\${kept%?}; done
        # But an @ goes with what follows it.
        kept=\${kept%@}
    fi
    while IFS=$'\\t' read -r name description; do
        [[ -n $name && $name == "$current"* ]] || continue
        name=$flag$name
        if [[ -n $open ]]; then
            [[ $name != *[\\\\\\"\\'\\$\\\`]* ]] || continue
        else
            _kubectl_reload_quote "$name"
            name=$REPLY
        fi
        name=\${name#"$kept"}
        names+=("$name")
        descriptions+=("$description")
        ((\${#name} <= longest)) || longest=\${#name}
    done <<<"\${answer%:*}"

    COMPREPLY=(\${names[@]+"\${names[@]}"})
    # A list is shown with descriptions; TAB that goes through the words, one after another, inserts what it is given.
    if ((\${#names[@]} > 1 && COMP_TYPE != 37 && COMP_TYPE != 42)); then
        for ((i = 0; i < \${#names[@]}; i++)); do
            [[ -n \${descriptions[i]} ]] || continue
            printf -v line '%-*s  (%s)' "$longest" "\${names[i]}" "\${descriptions[i]}"
            ((\${#line} < \${COLUMNS:-80})) || line=\${line:0:\${COLUMNS:-80}-2}…
            COMPREPLY[i]=$line
        done
    fi

    # Bash before 4 has no compopt.
    [[ $(type -t compopt) == builtin ]] || return 0
    (((directive & 2) == 0)) || compopt -o nospace
    if (((directive & 16) != 0)); then
        compopt -o dirnames
    elif (((directive & 4) == 0)); then
        compopt -o default
    fi
}

if [[ $(type -t compopt) == builtin ]]; then
    complete -F _kubectl_reload kubectl-reload
else
    complete -o default -F _kubectl_reload kubectl-reload
fi
`;

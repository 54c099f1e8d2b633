/** The completion of zsh. */
export const ZSH_SCRIPT = `#compdef kubectl-reload
# Completion of kubectl-reload for zsh. Load it, after compinit, with: source <(kubectl reload completion zsh)

_kubectl-reload() {
    local word program answer directive name description
    local -a given=("\${words[@]:0:$((CURRENT - 1))}" "$PREFIX") asked lines described
    # Only quotes, a ~ and a $NAME are read: pressing TAB runs nothing.
    for word in "\${given[@]}"; do
        word=\${(Q)word}
        case $word in
            ('~/'*) word=$HOME\${word#\\~} ;;
            ('$'[A-Za-z_]*) [[ \${word#\\$} == *[^A-Za-z0-9_]* ]] || word=\${(P)\${word#\\$}} ;;
        esac
        asked+=("$word")
    done
    program=\${asked[1]}
    [[ -x $program ]] || (( $+commands[$program] )) || program=kubectl-reload
    answer=$("$program" __complete "\${(@)asked[2,-1]}" 2>/dev/null) || return 1
    lines=("\${(@f)answer}")
    directive=\${lines[-1]#:}
    [[ $directive == <-> ]] || return 1
    for word in "\${(@)lines[1,-2]}"; do
        name=\${word%%$'\\t'*}
        description=\${word#"$name"}
        described+=("\${name//:/\\\\:}\${description:+:\${description#$'\\t'}}")
    done

    # Of --flag=value only the value is completed.
    [[ \${asked[-1]} != -*=* ]] || compset -P '*='
    if (( directive & 16 )); then
        _files -/
    elif (( (directive & 4) == 0 && \${#described} == 0 )); then
        _files
    elif (( directive & 2 )); then
        _describe 'kubectl reload' described -S ''
    else
        _describe 'kubectl reload' described
    fi
}

if [[ \${funcstack[1]} == _kubectl-reload ]]; then
    _kubectl-reload "$@"
elif (( $+functions[compdef] )); then
    compdef _kubectl-reload kubectl-reload
fi
`;

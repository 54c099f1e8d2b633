#!/bin/sh
# kubectl-reload-probe, the script: does this container still run the configuration that is mounted?
# README.md is the contract. Only the last lines can end with an exit code other than 0.

# What all of this decides is decided in a subshell, whose variables and settings `-- CMD` never sees.
# It ends with 10: restart; 0: run CMD; 11: nothing more to do; anything else is an error of this script.
decide() {
  case " $* " in *' --check='*) environment=$(export -p) ;; esac
  export LC_ALL=C TZ=UTC0
  nl='
'
  umask 077
  trap '' PIPE
  { : >&1; } 2>/dev/null || exec >/dev/null
  exec 2>/dev/null
  unset CDPATH
  next=0 count=0 key_count=0 kind='' name='' path='' live='' expect='' keys='' swap='' explain='' spread=0 timeout=3 baseline=/dev/shm check='' command='' answer=''
  notes='' reasons='' gone='' not_there='' since=0 stored='' state='' set_arguments=''
  parse "$@" || { finish "cannot tell: $notes"; return 11; }
  if [ -n "$answer" ]; then finish "$answer"; return 11; fi
  for tool in cat date grep mv rm sed sort tr uniq; do
    if ! command -v "$tool" >/dev/null; then
      finish "cannot tell: $tool is missing"
      return 0
    fi
  done
  find_hasher
  find_instance
  now=$(date +%s) || now=0
  is_number "$now" || now=0
  kept=1
  judge_contents || kept=
  while next_source; do judge_other; done
  [ -n "$kept" ] || add_item notes "every swap counts: no baseline can be kept in $baseline"

  [ -z "$explain" ] || explain
  held=
  [ -z "$reasons" ] || held=$(hold)
  [ -n "$reasons$explain" ] || forget_since
  if [ -n "$reasons" ]; then
    message="${held:-config changed: }$reasons"
  elif [ -n "$not_there" ]; then
    message="config not there yet: $not_there"
  else
    message=${notes:+cannot tell: $notes}
  fi
  [ -z "$message" ] || finish "$message"
  [ -z "$explain" ] || return 11
  if [ -n "$reasons" ] && [ -z "$held" ]; then
    append_to_log
    save_state .mark
    return 10
  fi
  if [ -z "$reasons" ] && [ -n "$not_there" ]; then return 10; fi
  return 0
}

# --- words ---

is_number() { case $1 in '' | *[!0-9]* | 0?* | ????????????????????*) return 1 ;; esac }

# One line of at most 1,000 bytes that cannot be taken for two or do anything to a terminal.
clean() {
  case $1 in
    *[[:cntrl:]]*) printf '%.999s' "$1" | tr '\001-\037\177' '?' ;;
    *) printf '%.999s' "$1" ;;
  esac
}

finish() { line=$(clean "$1") && printf '%s\n' "$line"; }

# Adds to the list of this name.
add_item() { eval "$1=\${$1:+\$$1; }\$2"; }

set_gone() { [ -n "$gone" ] || gone=$1; }

# change SECONDS REASON
change() {
  add_item reasons "$2"
  moment=$1
  if ! is_number "$moment" || [ "$moment" -eq 0 ] || [ "$moment" -gt "$now" ]; then moment=$now; fi
  [ "$moment" -le "$since" ] || since=$moment
}

# --- arguments ---

bad() {
  notes="bad argument $1"
  return 1
}

take_source() {
  [ "$count" -lt 64 ] || return 1
  case $3 in /*) ;; *) return 1 ;; esac
  eval "kind_$count=\$1 name_$count=\$2 path_$count=\$3 live_$count= expect_$count= keys_$count="
  count=$((count + 1))
}

# Keeps the value as the last source's own; that must be one of these kinds.
take_modifier() {
  [ "$count" -gt 0 ] || return 1
  eval "kind=\$kind_$((count - 1))"
  case " $3 " in *" $kind "*) ;; *) return 1 ;; esac
  eval "$1_$((count - 1))=\$2"
}

parse() {
  for argument; do
    value=${argument#*=}
    case $argument in
      --) break ;;
      *"$nl"*) bad "$argument" || return 1 ;;
      --swap) swap=1 set_arguments=$set_arguments$argument$nl ;;
      --explain) explain=1 ;;
      --version | --help) answer=$answer$argument ;;
      --*=) bad "$argument" || return 1 ;;
      --*=*) if [ ${#value} -gt 1000 ] || ! take "$argument"; then bad "$argument" || return 1; fi ;;
      *) bad "$argument" || return 1 ;;
    esac
  done
  for argument; do
    shift
    if [ "$argument" = -- ]; then
      [ $# -eq 0 ] || command=1
      break
    fi
  done
  case $answer in
    '') ;;
    *help*)
      answer='kubectl-reload-probe 1 --volume= --subpath= --env= --env-from= --key= --live= --expect= --baseline='
      answer="$answer --spread= --check= --timeout= --swap --explain --version --help"
      ;;
    *) answer='kubectl-reload-probe 1' ;;
  esac
  [ "$count" -gt 0 ] || [ -n "$command$answer" ] || { notes='nothing to watch'; return 1; }
}

take() {
  case $1 in
    --volume=* | --subpath=* | --env=* | --env-from=* | --key=* | --live=* | --expect=*)
      set_arguments=$set_arguments$1$nl
      ;;
  esac
  case $1 in
    --volume=*) take_source volume '' "$value" ;;
    --subpath=*) take_source subpath '' "$value" ;;
    --env==*) return 1 ;;
    --env=*=*) take_source env "${value%%=*}" "${value#*=}" ;;
    --env-from=*=*) take_source env-from "${value%%=*}" "${value#*=}" ;;
    --live=/*) take_modifier live "$value" subpath ;;
    --key=/*) return 1 ;;
    --key=*)
      key_count=$((key_count + 1))
      [ "$key_count" -le 1000 ] && [ "$count" -gt 0 ] || return 1
      eval "keys=\$keys_$((count - 1))"
      take_modifier keys "$keys$value$nl" 'volume env-from'
      ;;
    --expect=*)
      case $value in *[!0-9a-f]*) return 1 ;; esac
      [ ${#value} -eq 64 ] && take_modifier expect "$value" volume
      ;;
    --baseline=/*) baseline=$value ;;
    --spread=*) is_number "$value" && [ "$value" -le 1000000 ] && spread=$value ;;
    --timeout=*) is_number "$value" && [ "$value" -ge 1 ] && [ "$value" -le 60 ] && timeout=$value ;;
    --check=*[!\ ]*) check=$value ;;
    *) return 1 ;;
  esac
}

# Goes to the next source and sets i, number and its own kind, name, path, live, expect, keys; false after the last one.
next_source() {
  if [ "$next" -eq "$count" ]; then
    next=0
    return 1
  fi
  i=$next
  next=$((next + 1))
  number=$i
  [ "$i" -gt 9 ] || number=0$i
  eval "kind=\$kind_$i name=\$name_$i path=\$path_$i live=\$live_$i expect=\$expect_$i keys=\$keys_$i"
}

has_content() {
  case $kind in
    volume) [ -z "$expect" ] && [ -z "$swap" ] ;;
    subpath) return 1 ;;
  esac
}

# --- this instance ---

find_instance() {
  pod=- container='' instance=- log='' hex='[0-9a-f]'
  while read -r _ _ _ root mount _; do
    # shellcheck disable=SC2254 # the pattern is meant as one
    case $root in */?*/containers/?*/$hex$hex$hex$hex$hex$hex$hex$hex) ;; *) continue ;; esac
    id=${root##*/} rest=${root%/*}
    owner=${rest##*/} rest=${rest%/containers/*}
    case $owner${rest##*/} in *[!-0-9a-z]*) continue ;; esac
    case ${root%/*/*} in */containers) ;; *) continue ;; esac
    [ -n "${rest##*/}" ] || continue
    pod=${rest##*/} container=$owner instance=$id log=$mount
    break
  done </proc/self/mountinfo
  start_known='' start_by=- start=0 start_part=1000000000
  [ -n "$container" ] && return
  log=/dev/termination-log
  find_start
  container=0
  [ "$start" -eq 0 ] || container=$start${start_part#1}
}

# Whether stat knows both, in the forms "SECONDS DATE", and when: seconds, and nanoseconds behind a 1.
read_stamp() {
  stamp=$1 part=
  case $stamp in *.*) part=${stamp#*.} ;; esac
  stamp=${stamp%% *} part=${part%% *}
  is_number "$stamp" && [ "$stamp" -gt 0 ] || return 1
  case $part in ????????? ) ;; *) part=000000000 ;; esac
  case $part in *[!0-9]*) part=000000000 ;; esac
  part=1$part
}

try_start() {
  clock=$1
  shift
  text=$(stat "$@") && read_stamp "$text" && start=$stamp start_part=$part start_by=$clock
}

# Asked only when it counts: most runs do not need it.
find_start() {
  [ -z "$start_known" ] || return 0
  start_known=1
  if [ "$pod" != - ] && try_start termination-log -L -c '%W %w' "$log"; then return; fi
  try_start /dev/fd -c '%Y %y' /dev/fd || try_start /proc -L -c '%Y %y' /proc
}

# --- what a source holds ---

find_hasher() {
  for hasher in sha256sum openssl ''; do
    [ -z "$hasher" ] || ! command -v "$hasher" >/dev/null || break
  done
  set_name=
  [ -n "$hasher" ] || return 0
  set_name=$(printf '%s' "$set_arguments" | hash_input)
  set_name=${set_name%"${set_name#????????????????}"}
}

# The hash of the input.
hash_input() {
  case $hasher in
    sha256sum) sum=$(sha256sum) ;;
    openssl) sum=$(openssl dgst -sha256 -r) ;;
    *) return 1 ;;
  esac && printf '%s\n' "${sum%% *}"
}

# A line for each file, which begins with its hash.
hash_files() {
  case $hasher in
    sha256sum) sha256sum -- "$@" ;;
    openssl) openssl dgst -sha256 -r "$@" ;;
    *) for file; do printf '%s\n' "-  $file"; done ;;
  esac
}

read_link() {
  [ -h "$1" ] || return 1
  readlink "$1" || { link=$(ls -ld "$1") && printf '%s\n' "${link##* -> }"; }
}

# Finds target, and at: what to put before the names of files. Of --env the volume is the nearest above its file.
look() {
  target='' rest='' at=$path/..data/
  if [ "$kind" != env ]; then
    target=$(read_link "$path/..data")
  else
    folder=$path
    while [ -n "$folder" ]; do
      folder=${folder%/*}
      target=$(read_link "$folder/..data") || continue
      at=$folder/..data/ rest=${path#"$folder"/}
      break
    done
    [ -n "$target" ] || at='' rest=$path
  fi
  [ ${#target} -lt 200 ] || target=
}

# When that was swapped: swapped and swapped_part; false if it cannot be told.
look_when() {
  swapped=0 swapped_part=1000000000
  if [ -n "$target" ]; then
    text=$(stat -c '%Y %y' "${at%/}")
  else
    text=$(stat -L -c '%Y %y' "$path")
  fi
  read_stamp "$text" && swapped=$stamp swapped_part=$part
}

list_folder() {
  [ -r "$at$1" ] && [ -x "$at$1" ] || problem=' cannot be read'
  for entry in "$at$1"* "$at$1".[!.]* "$at$1"..?*; do
    [ -e "$entry" ] || continue
    case $entry in *"$nl"*) problem=' cannot be read' ;; esac
    if [ -d "$entry" ]; then
      list_folder "${entry#"$at"}/"
    else
      add_name "${entry#"$at"}"
    fi
  done
}

# Adds to names if it is a file.
add_name() {
  [ -f "$at$1" ] || return 0
  [ -r "$at$1" ] || problem=' cannot be read'
  names=$names$1$nl
}

# Sets files (lines NN PATH//HASH) and file_count.
read_files() {
  names='' files='' file_count=0
  if [ "$kind" = env ]; then
    add_name "$rest"
  elif [ -n "$keys" ]; then
    split_lines
    for key in $keys; do add_name "$key"; done
    split_no_more
  else
    list_folder ''
  fi
  [ -n "$names" ] && [ -z "$problem" ] || return 0
  case $names in *"$nl"?*) names=$(printf '%s' "$names" | sort -u) || problem=' cannot be read' ;; esac
  split_lines
  # shellcheck disable=SC2086 # one name a line
  set -- $names
  file_count=$#
  [ $# -le 1000 ] || problem=' holds too many files'
  sums=$([ -n "$problem" ] || { cd "${at:-/}" && hash_files "$@"; }) || problem=' cannot be read'
  # The sums stand in the order of the names. Where a tool escapes a name (and begins the line with \), ours is right.
  escaped=
  case $nl$sums in *"$nl\\"*) escaped=1 ;; esac
  files=$(for sum in $sums; do
    file=${sum#* ?}
    if [ -n "$escaped" ]; then
      file=$1 sum=${sum#\\}
      shift
    fi
    printf '%s\n' "$number $file//${sum%% *}"
  done)
  split_no_more
}

split_lines() {
  set -f
  IFS=$nl
}

split_no_more() {
  unset IFS
  set +f
}

# All of a source, consistent: what is being swapped is read again. Kept as target_I, files_I, problem_I, count_I.
read_content() {
  tries=10
  while :; do
    problem=
    look
    before=$target
    if [ -z "$target" ] && [ "$kind" != env ]; then
      problem=' has no ..data' files='' file_count=0
    else
      read_files
    fi
    [ "$before" = "$(read_link "${at%/}")" ] && break
    [ -n "$before" ] || break
    problem=' changes while it is read'
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || break
  done
  [ -z "$problem" ] || files='' file_count=0
}

keep_content() {
  has_content || return 0
  read_content
  case $problem in
    '') head=$number=$target ;;
    *..data*) head=$number= ;;
    *) head=$number=\? ;;
  esac
  eval "problem_$i=\$problem files_$i=\$files count_$i=\$file_count target_$i=\$target"
  state=$state$head$nl${files:+$files$nl}
}

# --- the files that the probe keeps ---

state_path() { state_file=$baseline/kubectl-reload-probe.$pod.$container.$set_name$1; }

# Loads stored; true if it is whole, and of this instance, or (.mark) of another one.
load_state() {
  state_path "$1"
  stored=
  [ -n "$set_name" ] && [ -f "$state_file" ] && [ ! -h "$state_file" ] && stored=$(cat "$state_file") || return 1
  case $stored in
    "kubectl-reload-probe 1 "*"${nl}end") ;;
    *) return 1 ;;
  esac
  stored=$stored$nl
  case $stored in
    "kubectl-reload-probe 1 $instance$nl"*) [ -z "$1" ] ;;
    *) [ -n "$1" ] ;;
  esac
}

# All at once or not at all: under another name, then renamed.
save() {
  rm -f "$state_file.$$"
  (set -C && printf '%s' "$1" >"$state_file.$$") && mv -f "$state_file.$$" "$state_file" && return
  rm -f "$state_file.$$"
  return 1
}

save_state() {
  find_start
  [ "$start" -gt 0 ] && [ -n "$set_name" ] || return 1
  state_path "$1"
  save "kubectl-reload-probe 1 $instance$nl${state}end$nl"
}

load_since() {
  state_path .since
  known=
  [ -n "$set_name" ] && [ -f "$state_file" ] && [ ! -h "$state_file" ] || return 1
  { read -r first && read -r known; } <"$state_file"
  [ "$first" = "kubectl-reload-probe 1 $instance" ]
}

keep_since() {
  if load_since && is_number "$known" && [ "$known" -gt 0 ] && [ "$known" -le "$since" ]; then
    since=$known
  elif [ -n "$set_name" ]; then
    save "kubectl-reload-probe 1 $instance$nl$since"
  fi
}

forget_since() { if load_since; then rm -f "$state_file"; fi; }

# --- deciding ---

# Lists three of the words, and how many more there are.
add_word() {
  words=$((words + 1))
  [ "$words" -gt 3 ] || list=$list${list:+, }$1
}

end_words() { [ "$words" -le 3 ] || list="$list and $((words - 3)) more"; }

# The files of a source that the stored state does not hold as they are; all of them without a state.
fresh_files() {
  if [ -z "$files" ]; then
    return
  elif [ -n "$1" ]; then
    printf '%s\n' "$files" | grep -vxF -f "$state_file"
  else
    printf '%s\n' "$files"
  fi
}

# Of these lines, those whose variable has another value than its file. Line feeds are written as \001 here, so that
# `sort | uniq -d` finds the pairs of variable and file that are equal: three programs for any number of variables.
old_variables() {
  [ -n "$variables" ] || return 0
  # No variable holds more than 128 KiB, and to read a large file takes time.
  big=$(find -L "${at:-$path}" -type f -size +256)
  same=$({
    printf '%s\n' "$variables"
    printf '%s\n' "$1" | while IFS= read -r file; do
      file=${file#???}
      file=${file%//*}
      key=$file
      [ "$kind" = env-from ] || key=
      printf '%s=' "$name$key"
      text=
      case $nl$big$nl in *"$nl$at$file$nl"*) printf '\n' && continue ;; esac
      while IFS= read -r text; do printf '%s\001' "$text"; done <"$at$file"
      printf '%s\n' "$text"
    done
  } | sort | uniq -d | sed 's/=.*//')
  printf '%s\n' "$1" | while IFS= read -r file; do
    key=${file#???}
    key=${key%//*}
    [ "$kind" = env-from ] || key=
    case $nl$same$nl in *"$nl$name$key$nl"*) ;; *) printf '%s\n' "$name$key" ;; esac
  done
}

# The container's own, whatever this shell made of it.
read_variables() {
  variables=$(tr '\000\n' '\n\001' <"/proc/$$/environ")
  [ -n "$variables" ] || add_item notes "$path: the environment cannot be read"
}

is_set() {
  case $nl$variables in *"$nl$name="*) ;; *) return 1 ;; esac
}

# Sets list and words: files with other content, or variables that differ.
find_changes() {
  list='' words=0
  found=$(fresh_files "$1")
  [ -n "$found" ] || return 0
  [ "$kind" = volume ] || found=$(old_variables "$found")
  split_lines
  for word in $found; do
    if [ "$kind" = volume ]; then
      word=${word#???}
      word=${word%//*}
    fi
    add_word "$word"
  done
  split_no_more
  end_words
}

# The first path that the stored state holds of this source and that is not there now: it is the only one of its kind
# among those stored and twice those that are there.
find_missing() {
  missing=$({
    printf '%s' "$stored" | grep "^$number .*//"
    printf '%s\n' "$files" "$files"
  } | sed 's!//[^/]*$!!' | sort | uniq -u)
  missing=${missing%%"$nl"*}
  missing=${missing#???}
  [ -n "$missing" ]
}

is_same_target() {
  [ -n "$target" ] || return 1
  case $stored in *"$nl$number=$target$nl"*) ;; *) return 1 ;; esac
}

# Whether the swap came later than the start, less so many seconds.
is_after_start() {
  from=$((start - $1))
  [ "$swapped" -gt "$from" ] || { [ "$swapped" -eq "$from" ] && [ "$swapped_part" -gt "$start_part" ]; }
}

# Against the stored state: the baseline of this instance, or, without one, by time and the mark of an earlier one.
judge() {
  by=$1
  case $stored in *"$nl$number=?$nl"*) by= ;; esac
  look
  [ "$by" != baseline ] || ! is_same_target || return 0
  missing=
  [ "$by" != baseline ] || find_missing
  [ "$kind" = volume ] || read_variables
  if [ -n "$problem" ]; then
    case $problem in
      *..data*)
        if [ -z "$missing" ]; then
          add_item notes "$path$problem"
          return
        fi
        ;;
      *)
        add_item notes "$path$problem"
        [ "$by" != baseline ] && [ "$kind" = volume ] || return 0
        by=
        ;;
    esac
  fi
  lost=
  if [ "$by" = baseline ]; then
    [ -z "$missing" ] || { [ -z "$keys" ] && [ "$file_count" -gt 0 ]; } || lost=$path${keys:+/$missing}
  elif [ "$kind" = env ] && [ "$file_count" -eq 0 ]; then
    lost=$path
  fi
  [ -z "$lost" ] || { [ "$kind" = env ] && ! is_set; } || set_gone "$lost"
  look_when
  if [ "$by" != baseline ]; then
    find_start
    if [ "$start" -eq 0 ]; then
      add_item notes "$path: the start of the container is unknown"
      return
    fi
    if [ "$swapped" -gt "$now" ]; then
      add_item notes "$path: the clock was set back"
      return
    fi
    if [ "$kind" = volume ]; then is_after_start 0; else is_after_start 2; fi || return 0
  fi
  list='' words=0
  if [ "$kind" != volume ] || [ -z "$swap" ]; then find_changes "$by"; fi
  if [ "$words" -eq 0 ] && { [ "$kind" != volume ] || [ -n "$by" ]; }; then return; fi
  if [ "$kind" != volume ] && [ "$words" -eq 1 ]; then
    change "$swapped" "$list in the environment is old"
  elif [ "$kind" != volume ]; then
    change "$swapped" "$list in the environment are old"
  elif [ "$by" = baseline ]; then
    change "$swapped" "$path was updated ($list)"
  else
    change "$swapped" "$path was updated"
  fi
}

compare_target() {
  has_content || return 0
  any=1
  look
  is_same_target || same_targets=
}

judge_content() {
  has_content || return 0
  eval "problem=\$problem_$i files=\$files_$i file_count=\$count_$i"
  judge "$judged_by"
}

# False if a baseline would have to be kept and cannot.
judge_contents() {
  any='' same_targets=1 judged_by=
  if load_state ''; then judged_by=baseline; else same_targets=; fi
  while next_source; do compare_target; done
  if [ -z "$any" ] || [ -n "$same_targets" ]; then return; fi
  while next_source; do keep_content; done
  if [ -z "$judged_by" ]; then
    if load_state .mark; then judged_by=mark; else stored=; fi
  fi
  while next_source; do judge_content; done
  if [ "$judged_by" = baseline ] || [ -n "$explain$reasons" ]; then return; fi
  save_state ''
}

# Fails with 1 if their bytes differ, or nothing here can compare; with more if one of them cannot be read, as in the middle of a swap.
is_same() {
  if command -v cmp >/dev/null; then
    cmp -s "$1" "$2"
  elif [ -n "$hasher" ]; then
    old=$(hash_input <"$1") && new=$(hash_input <"$2") || return 2
    [ "$old" = "$new" ]
  else
    return 1
  fi
}

judge_subpath() {
  links=$(stat -L -c '%h %Z' "$path") || links=
  if [ ! -e "$path" ]; then
    add_item notes "$path is not there"
    return
  fi
  changed=${links#* }
  if [ -z "$links" ]; then
    changed=0
    while read -r _ _ _ root mount _; do
      [ "$mount" != "$path" ] || case $root in *//deleted) links=0 ;; esac
    done </proc/self/mountinfo
  fi
  [ "${links%% *}" = 0 ] || return 0
  if [ -n "$live" ] && [ ! -d "$path" ]; then
    if [ ! -e "$live" ]; then
      set_gone "$live"
    elif [ ! -r "$live" ] || [ ! -r "$path" ]; then
      add_item notes "$live cannot be read"
      return
    elif is_same "$path" "$live"; then
      return
    elif [ $? -gt 1 ]; then
      add_item notes "$live cannot be read"
      return
    fi
  fi
  change "$changed" "$path is an old subPath copy"
}

judge_other() {
  case $kind in
    subpath) judge_subpath ;;
    volume) ;;
    *) return ;;
  esac
  if [ "$kind" = subpath ] || has_content; then return; fi
  if [ -z "$expect" ]; then
    stored='' problem='' files=''
    look
    [ -n "$target" ] || problem=' has no ..data'
    judge ''
    return
  fi
  read_content
  [ -n "$hasher" ] || problem=${problem:- cannot be hashed}
  if [ -n "$problem" ]; then
    add_item notes "$path$problem"
    return
  fi
  listing=$(printf '%s\n' "$files" | sed 's!^...\(.*\)//\(.*\)$!\2  \1!')
  [ "$(printf '%s' "${listing:+$listing$nl}" | hash_input)" = "$expect" ] ||
    add_item not_there "$path has other content than expected"
}

# Says why a change does not restart now; nothing if nothing holds it.
hold() {
  if [ -n "$gone" ]; then
    printf '%s' "config changed, kept running because $gone is gone: "
    return
  fi
  share=${pod%"${pod#????????}"}
  case $share in
    *[!0-9a-f]* | '') ;;
    *)
      if [ "$spread" -gt 0 ]; then
        [ -n "$explain" ] || keep_since
        wait=$((0x$share % spread - (now - since)))
        if [ "$wait" -gt 0 ]; then
          printf '%s' "config changed, waiting $wait s of --spread: "
          return
        fi
      fi
      ;;
  esac
  if [ -n "$check" ] && [ -z "$explain" ]; then
    run_check || printf '%s' "config changed, kept running because --check $problem: "
  fi
}

run_check() {
  set -f
  IFS=' '
  # shellcheck disable=SC2086 # split at spaces
  set -- $check
  unset IFS
  set +f
  problem='could not be started'
  is_program "$1" || return 1
  problem=failed
  if timeout -s KILL 9 sh -c : >/dev/null; then
    set -- timeout -s KILL "$timeout" "$@"
  fi
  (
    trap - PIPE
    unset LC_ALL TZ
    eval "$environment"
    "$@" </dev/null >/dev/null
  )
}

# A name without a slash is looked for in PATH.
is_program() {
  case $1 in
    */*) [ -f "$1" ] && [ -x "$1" ] && return ;;
    *)
      IFS=:
      set -f
      for folder in ${PATH-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}; do
        [ -f "${folder:-.}/$1" ] && [ -x "${folder:-.}/$1" ] && unset IFS && set +f && return
      done
      unset IFS
      set +f
      ;;
  esac
  return 1
}

explain() {
  find_start
  first=$start
  [ "$start" -eq 0 ] || first=$start${start_part#1}
  absent=
  load_state '' || absent='absent '
  finish "instance $pod $container $instance start $first $start_by baseline $absent$state_file"
}

# Once an instance, and on a line of its own.
append_to_log() {
  [ -f "$log" ] && [ -r "$log" ] && [ -w "$log" ] || return 0
  ! grep -qxF -e "$line" "$log" || return 0
  begin=
  [ -z "$(tail -c 1 "$log")" ] || begin=$nl
  printf '%s\n' "$begin$line" >>"$log"
}

# ---

krp_code=0
trap 'exit "$krp_code"' EXIT
(decide "$@")
case $? in
  0) ;;
  10)
    krp_code=1
    exit 1
    ;;
  *) exit 0 ;;
esac
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
[ $# -gt 1 ] || exit 0
shift
if (is_program "$1"); then exec "$@"; fi
(finish "cannot tell: $1 could not be started")
exit 0

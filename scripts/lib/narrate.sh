# shellcheck shell=bash
# Narrates a demonstration: prose, commands as a reader could type them, and checks of what they
# print. Sourced. The first check that fails ends the demonstration with status 1.

chapter="the preparations"
printed=                   # by the latest command
pausing=${pausing:-}       # if set, wait for a key before each paragraph
hidden=0                   # how many of the next chapters run unseen
after_hidden=              # if set, the next chapter follows such ones
declare -A background=()   # process ids of background commands, by name
exec 3>&1

# hide_until_chapter N: the N - 1 chapters that follow run unseen; none if N is empty.
hide_until_chapter() {
  hidden=$((${1:-1} - 1))
  after_hidden=
}

# chapter TITLE: prints a heading. A failure is reported under the latest one.
chapter() {
  chapter=$1
  exec 1>&3
  if ((hidden-- > 0)); then
    exec 1>/dev/null
    after_hidden=yes
  fi
  printf '\n══ %s ' "$1"
  printf '═%.0s' $(seq "$((84 - ${#1}))")
  printf '\n'
  if [[ -n $after_hidden ]]; then
    say "(The chapters before it have run unseen: the server is up, and two customers have" \
      "accounts.)"
  fi
}

# Waits for a key, unless nothing is shown now.
pause() {
  [[ -n $pausing && -t 1 ]] || return 0
  read -rsn1 -p '(any key) '
  printf '\r          \r'
}

# say TEXT...: prints a paragraph.
say() {
  pause
  printf '\n'
  printf '%s\n' "$*" | fmt -w 88
}

# fail TEXT...: reports a failure and ends the demonstration.
fail() {
  printf '\nFAILED, in "%s": %s\n' "$chapter" "$*" >&2
  exit 1
}

# run COMMAND STATUS [TEXT...]: shows a command, runs it, and checks that it ends with that status
# and prints each of the texts.
run() {
  local status=0
  printf '$ %s\n' "$1"
  printed=$(eval "$1" 2>&1) || status=$?
  check "$status" "$@"
}

# check STATUS COMMAND WANTED_STATUS [TEXT...]
check() {
  local status=$1 command=$2 wanted=$3 text
  shift 3
  show_printed
  [[ $status -eq 0 ]] || printf '(exit status %d)\n' "$status"
  [[ $status -eq $wanted ]] || fail "'$command' ended with status $status, not $wanted"
  for text; do
    [[ $printed == *"$text"* ]] || fail "'$command' did not print '$text'"
  done
}

# Shortens very long output.
show_printed() {
  local lines
  [[ -n $printed ]] || return 0
  mapfile -t lines <<<"$printed"
  if ((${#lines[@]} <= 50)); then
    printf '%s\n' "$printed"
  else
    printf '%s\n' "${lines[@]:0:2}" "(and so on)" "${lines[-1]}"
  fi
}

# run_here COMMAND WORD...: shows a command and runs it in this shell, for `cd` and `export`. The
# words are not evaluated.
run_here() {
  printf '$ %s\n' "$(quoted "$@")"
  "$@"
}

# quoted WORD...: prints the words as a reader would have to type them.
quoted() {
  local word separator=
  for word; do
    case $word in
      *=*) printf '%s%s=%q' "$separator" "${word%%=*}" "${word#*=}" ;;
      *) printf '%s%q' "$separator" "$word" ;;
    esac
    separator=' '
  done
}

# begin NAME COMMAND: shows a simple command and starts it in the background.
begin() {
  printf '$ %s &\n' "$2"
  eval "exec $2" >"$1.output" 2>&1 </dev/null &
  background[$1]=$!
}

# end NAME STATUS [TEXT...]: waits for a background command, shows its output, and checks it as run
# does.
end() {
  local status=0
  wait "${background[$1]}" 2>/dev/null || status=$?
  unset "background[$1]"
  printed=$(<"$1.output")
  printf '(the %s from above:)\n' "$1"
  check "$status" "$@"
}

# has_printed NAME TEXT: whether a background command has printed the text so far.
has_printed() {
  grep -qF -- "$2" "$1.output"
}

# wait_until CONDITION COMMAND...: repeats the command until it succeeds; fails after a minute.
wait_until() {
  local condition=$1 until=$((SECONDS + 60))
  shift
  until "$@"; do
    ((SECONDS < until)) || fail "waited in vain until $condition"
  done
}

kill_background() {
  local pid
  for pid in "${background[@]}"; do
    { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true
  done
  background=()
}

# shellcheck shell=bash
# How a demonstration is told: prose, commands shown as anybody could type them, and checks.
# Sourced. What does not come out as stated ends the demonstration with status 1.

chapter="the preparations"
printed=            # what the latest command has printed
declare -A beside=() # process ids of what runs beside the demonstration, by name

# A heading. A failure is reported under it.
chapter() {
  chapter=$1
  printf '\n══ %s ' "$1"
  printf '═%.0s' $(seq "$((84 - ${#1}))")
  printf '\n'
}

say() {
  printf '\n'
  printf '%s\n' "$*" | fmt -w 88
}

fail() {
  printf '\nFAILED, in "%s": %s\n' "$chapter" "$*" >&2
  exit 1
}

# run COMMAND WANTED_STATUS [TEXT...]: shows a command, runs it, and checks that it ends with that
# status and prints each of the texts.
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

# In full, unless it is very long.
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

# Shows a command that changes this very shell, and runs it.
run_here() {
  printf '$ %s\n' "$1"
  eval "$1"
}

# begin NAME COMMAND: shows a simple command and starts it beside the demonstration.
begin() {
  printf '$ %s &\n' "$2"
  eval "exec $2" >"$1.said" 2>&1 </dev/null &
  beside[$1]=$!
}

# end NAME WANTED_STATUS [TEXT...]: waits for it, shows what it has printed, and checks as run does.
end() {
  local status=0
  wait "${beside[$1]}" 2>/dev/null || status=$?
  unset "beside[$1]"
  printed=$(<"$1.said")
  printf '(the %s from above:)\n' "$1"
  check "$status" "$@"
}

# has_said NAME TEXT: whether what was begun has printed that by now.
has_said() {
  grep -qF -- "$2" "$1.said"
}

# wait_until WHAT COMMAND...: asks again and again, until the command succeeds.
wait_until() {
  local what=$1 until=$((SECONDS + 60))
  shift
  until "$@"; do
    ((SECONDS < until)) || fail "in vain waited until $what"
  done
}

kill_beside() {
  local pid
  for pid in "${beside[@]}"; do
    { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true
  done
}

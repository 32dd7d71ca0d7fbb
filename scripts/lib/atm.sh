# shellcheck shell=bash
# Starts and stops a server for the demonstration, and inspects it. Sourced after narrate.sh.

server= # HOST:PORT of the latest one
handle= # of the transaction that await() found last

# open_bank OPTION...: starts a server and shows the command. The caller exports its address.
open_bank() {
  local ready=
  printf '$ atm-server %s 2>>server.log &\n' "$(quoted "$@")"
  mkfifo ready
  atm-server "$@" >ready 2>>server.log &
  background[server]=$!
  read -r -t 60 ready <ready || fail "the server does not start: $(<server.log)"
  rm ready
  printf '%s\n' "$ready"
  [[ $ready == "atm-server ready on "*", admin "* ]] || fail "the ready line is missing"
  server=${ready#atm-server ready on }
  server=${server%%, *}
}

# signal_bank NAME STATUS: sends the server a signal and checks the status with which it ends.
signal_bank() {
  local status=0
  printf '$ kill -%s %s # the server\n' "$1" "${background[server]}"
  kill "-$1" "${background[server]}"
  wait "${background[server]}" 2>/dev/null || status=$?
  unset "background[server]"
  [[ $status -eq $2 ]] || fail "the server ended with status $status, not $2"
}

# is_waiting KEY POINT REASON: whether the transaction with this key is stopped at the point, for
# this reason: `hold`, or `lock` with the number of an account.
is_waiting() {
  atm admin list 2>/dev/null | grep -Eq " $1 .* $2 +$3 "
}

# await KEY POINT REASON: waits until it is, and sets `handle`.
await() {
  wait_until "$1 waits at $2 for $3" is_waiting "$@"
  handle=$(atm admin list | awk -v key="$1" '$5 == key { print $1 }')
}

# count_of NAME: prints one number of INFO.
count_of() {
  atm admin info | sed -n "s/^$1://p"
}

count_is() {
  [[ $(count_of "$1") == "$2" ]]
}

# Checks that no transaction is in flight and that nothing of one is left.
expect_nothing_left() {
  local name
  for name in live_requests live_buffers held_locks; do
    wait_until "$name is 0" count_is "$name" 0
  done
  run "atm admin info | grep -E '^(live|held)_'" 0
}

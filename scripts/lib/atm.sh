# shellcheck shell=bash
# A server of the demonstration's own, and what is to be seen in it. Sourced after tell.sh.

server= # HOST:PORT of the latest one
handle= # of the transaction waited for last

# open_bank OPTION...: shows how a server is started here, and starts it; atm finds it through the
# environment.
open_bank() {
  local ready=
  printf '$ atm-server %s 2>>server.log &\n' "$*"
  mkfifo ready
  atm-server "$@" >ready 2>>server.log &
  beside[server]=$!
  read -r -t 60 ready <ready || fail "the server does not start: $(<server.log)"
  rm ready
  printf '%s\n' "$ready"
  [[ $ready == "atm-server ready on "*", admin "* ]] || fail "that is no ready line"
  server=${ready#atm-server ready on }
  server=${server%%, *}
}

# signal_bank NAME WANTED_STATUS: sends the server a signal and waits for its end.
signal_bank() {
  local status=0
  run_here "kill -$1 ${beside[server]} # the server"
  wait "${beside[server]}" 2>/dev/null || status=$?
  unset "beside[server]"
  [[ $status -eq $2 ]] || fail "the server ended with status $status, not $2"
}

# Whether the transaction with key $1 stands at point $2, waiting for $3.
stands() {
  atm admin list 2>/dev/null | grep -Eq " $1 .* $2 +$3 "
}

# Waits until it does, and sets `handle`.
await() {
  wait_until "$1 stands at $2, waiting for $3" stands "$@"
  handle=$(atm admin list | awk -v key="$1" '$5 == key { print $1 }')
}

# What INFO counts under the name.
count_of() {
  atm admin info | sed -n "s/^$1://p"
}

count_is() {
  [[ $(count_of "$1") == "$2" ]]
}

# No transaction is in flight, and none has left anything behind.
expect_nothing_left() {
  local name
  for name in live_requests live_buffers held_locks; do
    wait_until "$name is 0" count_is "$name" 0
  done
  run "atm admin info | grep -E '^(live|held)_'" 0
}

# shellcheck shell=bash
# The chapters of scripts/demo, in order; each runs under $mechanism. Sourced after atm.sh.

everyday_business() {
  chapter "$mechanism: everyday business"
  say "A server on a new ledger. --teaching lets the operator hold transactions at chosen points;" \
    "a single worker thread makes it easy to see what happens to it."
  run_here cd "$scratch/$mechanism"
  open_bank --listen 127.0.0.1:0 --mechanism "$mechanism" --teaching --workers-max 1
  run_here export ATM_SERVER="$server"
  say "Two customers, both with the PIN 2580:"
  run "umask 077; echo 2580 >pin" 0
  run_here export ATM_PIN_FILE=pin
  run "atm admin create --balance 100.00" 0 "account 1 created"
  run "atm admin create" 0 "account 2 created"
  run "atm --account 1 deposit 20.00" 0 "deposited 20.00, balance 120.00"
  run "atm --account 1 withdraw 30.00" 0 "withdrew 30.00, balance 90.00"
  run "atm --account 1 transfer 2 40.00 --key rent" 0 "balance 50.00"
  run "atm --account 2 balance" 0 "balance 40.00"
  say "A refusal gives its reason and changes nothing:"
  run "atm --account 2 withdraw 40.01" 1 "FUNDS"
  say "Every write carries a key; atm generates one if none is given. Repeating a request with" \
    "its key returns the first answer and moves no money, so a retry is always safe:"
  run "atm --account 1 transfer 2 40.00 --key rent" 0 "balance 50.00"
  run "atm --account 2 balance" 0 "balance 40.00"
}

cancel_before_the_commit() {
  chapter "$mechanism: a cancel before the commit"
  say "The operator holds deposits at the point 'modified': the new balance is computed, nothing" \
    "is stored yet. The customer waits."
  run "atm admin hold add modified" 0
  begin deposit "atm --account 1 deposit 25.00 --key early"
  await early modified hold
  run "atm admin list" 0 "modified" "enabled"
  say "The deposit owns the mutex of account 1. Its cleanup stack, top first, lists what a cancel" \
    "will undo:"
  run "atm admin show $handle" 0 "unlock account 1" "free request buffer" "enabled"
  say "The operator cancels it. The verdict is final; the customer learns who cancelled and where:"
  run "atm admin cancel $handle --reason suspicious" 0 "cancelled: nothing was changed"
  end deposit 3 "CANCELLED: txn $handle by operator at modified: suspicious"
  show_the_worker
  say "No money has moved, nothing is left behind, and the key can never be used again:"
  run "atm --account 1 balance" 0 "balance 50.00"
  expect_nothing_left
  run "atm --account 1 deposit 25.00 --key early" 3 "CANCELLED: key early was cancelled"
  run "atm admin hold clear" 0
}

show_the_worker() {
  if [[ $mechanism == token ]]; then
    say "Under token the point threw an exception; the worker thread survives."
    run "atm admin info workers" 0 "workers:1" "workers_started:1" "workers_cancelled:0"
    return
  fi
  say "Under posix the boss called pthread_cancel: the worker ran its cleanup stack and died, and" \
    "the boss has joined it."
  wait_until "the worker is joined" count_is workers_cancelled 1
  run "atm admin info workers" 0 "workers:0" "workers_started:1" "workers_cancelled:1"
  say "The next request gets a new worker:"
  run "atm --account 2 balance" 0 "balance 40.00"
  run "atm admin info workers" 0 "workers:1" "workers_started:2" "workers_cancelled:1"
}

cancel_after_the_commit() {
  chapter "$mechanism: a cancel after the commit"
  say "Now the operator holds deposits at 'committed': stored durably, not yet acknowledged."
  run "atm admin hold add committed" 0
  begin deposit "atm --account 1 deposit 25.00 --key late"
  await late committed hold
  run "atm admin show $handle" 0 "committed" "disabled"
  say "Cancellation was disabled just before the store, so this cancel is too late:"
  run "atm admin cancel $handle" 1 "TOOLATE"
  say "Released, the deposit runs to its end. The customer receives the true answer; the money is" \
    "in the account:"
  run "atm admin resume $handle" 0
  end deposit 0 "deposited 25.00, balance 75.00 (key late)"
  run "atm --account 1 balance" 0 "balance 75.00"
  run "atm admin hold clear" 0
  expect_nothing_left
}

cancel_by_key() {
  chapter "$mechanism: a customer cancels by key"
  say "A customer changes their mind and cancels over a second connection:"
  run "atm admin hold add authorized" 0
  begin withdrawal "atm --account 1 withdraw 70.00 --key impulse"
  await impulse authorized hold
  run "atm --account 1 cancel impulse --wait 10000" 0 "cancelled: nothing was changed"
  end withdrawal 3 "CANCELLED: txn $handle by customer at authorized"
  run "atm admin hold clear" 0
  say "A second cancel reports the first; a cancel of a completed deposit is too late:"
  run "atm --account 1 cancel impulse" 0 "it had been cancelled before"
  run "atm --account 1 cancel late" 1 "TOOLATE"
  run "atm --account 1 status late" 0 "it was done"
  say "A cancel may even overtake its request: cancelled before it arrives, it will never run."
  run "atm --account 1 cancel never-sent" 0 "cancelled: nothing was changed"
  run "atm --account 1 deposit 5.00 --key never-sent" 3 "CANCELLED: key never-sent was cancelled"
  run "atm --account 1 balance" 0 "balance 75.00"
}

stop_and_start() {
  chapter "$mechanism: closing time, and another day"
  say "On SIGTERM the server finishes what is running, then exits. This time it starts with as" \
    "many workers as it needs."
  signal_bank TERM 0
  open_bank --listen "$server" --mechanism "$mechanism" --teaching
  say "The ledger is unchanged. Handles are never reused, so an old one cannot hit another" \
    "request:"
  run "atm --account 1 balance" 0 "balance 75.00"
  run "atm admin cancel $handle" 1 "INVALIDHANDLE"
}

cancel_one_that_others_wait_for() {
  chapter "$mechanism: a cancel passes the mutex on"
  say "One transfer is held while it owns the mutexes of both accounts. A deposit waits for one" \
    "of them. Only transfers are held."
  run "atm admin hold add modified --op transfer" 0
  begin transfer "atm --account 2 transfer 1 40.00 --key first"
  await first modified hold
  local first=$handle
  begin deposit "atm --account 1 deposit 5.00 --key second"
  await second lock-wait "lock 1"
  run "atm admin list" 0 "lock 1"
  run "atm admin show $first" 0 "unlock account 2" "unlock account 1"
  say "The operator cancels the transfer; it releases both mutexes, and the deposit acquires its" \
    "own:"
  run "atm admin cancel $first --reason 'in the way'" 0 "cancelled: nothing was changed"
  end transfer 3 "CANCELLED: txn $first by operator at modified: in the way"
  end deposit 0 "deposited 5.00, balance 80.00"
  run "atm admin hold clear" 0
  expect_nothing_left
}

kill_while_writes_are_in_flight() {
  chapter "$mechanism: the server is killed while writes are in flight"
  say "One deposit is held just before its commit, another just after; neither customer has an" \
    "answer. Then the server is killed."
  run "atm admin hold add modified --account 1" 0
  run "atm admin hold add committed --account 2" 0
  begin "first deposit" "atm --account 1 deposit 20.00 --key before"
  begin "second deposit" "atm --account 2 deposit 60.00 --key after"
  await before modified hold
  await after committed hold
  run "atm admin list" 0 "modified" "committed"
  signal_bank KILL 137
  say "It starts again on the same ledger. Both clients have kept retrying with their keys: the" \
    "first deposit happens now; the second had happened before and is only acknowledged."
  open_bank --listen "$server" --mechanism "$mechanism" --teaching
  end "first deposit" 0 "deposited 20.00, balance 100.00"
  end "second deposit" 0 "deposited 60.00, balance 100.00"
  say "Repeated by hand with the same keys, neither is done twice:"
  run "atm --account 1 deposit 20.00 --key before" 0 "balance 100.00"
  run "atm --account 2 deposit 60.00 --key after" 0 "balance 100.00"
  run "atm --account 1 balance" 0 "balance 100.00"
  run "atm --account 2 balance" 0 "balance 100.00"
}

kill_in_the_middle_of_many() {
  chapter "$mechanism: the server is killed in the middle of a thousand deposits"
  say "One client makes a thousand deposits of 1.00, one after the other. The server is killed at" \
    "some moment in between, and started again."
  run "seq -f 'deposit 1.00 --key piece-%g' 1000 >pieces" 0
  begin "thousand deposits" "atm --account 1 <pieces"
  wait_until "20 deposits are done" has_printed "thousand deposits" "key piece-20"
  signal_bank KILL 137
  ! has_printed "thousand deposits" "key piece-1000" || fail "all were done before the kill"
  open_bank --listen "$server" --mechanism "$mechanism" --teaching
  end "thousand deposits" 0 "balance 101.00 (key piece-1)" "balance 1100.00 (key piece-1000)"
  say "A thousand deposits, each exactly once:"
  run "atm --account 1 balance" 0 "balance 1100.00"
}

the_books_are_sound() {
  chapter "$mechanism: the books"
  say "The audit recomputes every balance from the transfers, and checks the keys and the file:"
  run "atm admin audit" 0 "accounts    2" "transfers   1008" "violations  0"
  run "atm --account 1 history --limit 3" 0 "piece-1000"
  expect_nothing_left
  signal_bank TERM 0
}

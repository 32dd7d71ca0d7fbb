/* A worker: takes a request and runs it until the reply, or until a cancel has won. */

#define TAKING(r) \
  :: d_step { pc[me] == W_IDLE && waiting[r] -> \
       waiting[r] = false; cur[me] = r; pc[me] = W_START; \
       must(pending_takes_none, takes_without_pending(me)) }

TAKING(0)
TAKING(1)

:: d_step { pc[me] == W_START ->
     if
#ifdef MISTAKE_STARTED_UNSEEN
     :: true ->
#else
     :: stage[cur[me]] == queued ->
#endif
       stage[cur[me]] = running; by[cur[me]] = me + 1; pc[me] = W_CHECK;
       owes[me] = FINISH | BUFFER
     :: else -> cur[me] = 0; pc[me] = W_IDLE
     fi }

:: d_step { pc[me] == W_CHECK ->
     if
     :: stage[cur[me]] == cancelling -> to_die()
     :: else ->
       if
       :: !has_key[cur[me]] -> reply[cur[me]] = IN_PROGRESS; pc[me] = W_ANSWER
#ifndef MISTAKE_REFUSED_BEFORE_ROW
       :: has_key[cur[me]] && seen_row[key_of(cur[me])] == MONEY ->
         reply[cur[me]] = DONE; pc[me] = W_ANSWER
       :: has_key[cur[me]] && seen_row[key_of(cur[me])] == TOMBSTONE ->
         reply[cur[me]] = TAKEN_CANCELLED; pc[me] = W_ANSWER
#endif
       :: else -> owes[me] = owes[me] | MUTEX; pc[me] = W_SWAP
       fi
     fi }

/* A refusal after reading: no money, no such account. */
:: d_step { pc[me] == W_SWAP && cur[me] == 0 ->
     undo(MUTEX); reply[cur[me]] = REFUSED; pc[me] = W_ANSWER }

/* The point of no return. */
#ifdef MISTAKE_LOOKED_THEN_SET
:: d_step { pc[me] == W_SWAP && stage[cur[me]] == running -> pc[me] = W_SET }
:: d_step { pc[me] == W_SET ->
     stage[cur[me]] = committing; entombing[me] = false; pc[me] = Q_PUSH }
#endif
:: d_step { pc[me] == W_SWAP ->
     if
     :: stage[cur[me]] == running ->
       stage[cur[me]] = committing; entombing[me] = false; pc[me] = Q_PUSH
     :: else -> to_die()
     fi }

:: d_step { pc[me] == W_ANSWER ->
     if
     :: stage[cur[me]] == running -> stage[cur[me]] = answered; pc[me] = W_RELEASE
     :: else -> to_die()
     fi }

:: d_step { pc[me] == W_STORED ->
     if
#ifdef MISTAKE_OUTCOME_NOT_REPLIED
     :: res[me] == STORED -> stage[cur[me]] = committed
#else
     :: res[me] == STORED -> stage[cur[me]] = committed; reply[cur[me]] = DONE
#endif
     :: res[me] == UNKNOWN -> stage[cur[me]] = unknown; reply[cur[me]] = UNKNOWN
     :: res[me] == TAKEN_DONE -> stage[cur[me]] = answered; reply[cur[me]] = DONE
     :: res[me] == TAKEN_CANCELLED ->
       stage[cur[me]] = answered; reply[cur[me]] = TAKEN_CANCELLED
     :: res[me] == FAILED -> stage[cur[me]] = answered; reply[cur[me]] = STORE_FAILED
     fi;
     res[me] = 0;
     undo(MUTEX);
     judge();
     pc[me] = W_RELEASE }

:: d_step { pc[me] == W_RELEASE ->
     if
     :: stage[cur[me]] != unknown && has_key[cur[me]] ->
       has_key[cur[me]] = false; claim[key_of(cur[me])] = 0
     :: else
     fi;
     pc[me] = W_REPLY }

:: d_step { pc[me] == W_REPLY ->
     deliver(cur[me]); undo(BUFFER); pc[me] = E_REMOVE }

/* A cancel has won. Under posix the window opens and the pthread_cancel acts in it: cancellation is
 * disabled, and the thread unwinds. */
#if defined(POSIX) && !defined(MISTAKE_WORKER_GOES_ON)
:: d_step { me < WORKERS && pending[me] && in_window[me] ->
     pending[me] = false;
#ifndef MISTAKE_ENABLED_IN_CLEANUP
     in_window[me] = false;
#endif
     pc[me] = U_UNWIND }
#else
:: d_step { pc[me] == W_DIE ->
#ifdef MISTAKE_CAUGHT_AS_ERROR
     reply[cur[me]] = STORE_FAILED; deliver(cur[me]);
#endif
     pc[me] = U_UNWIND }
#endif

/* Runs the cleanup stack, topmost first, down to the bottom entry. No other thread sees the
 * entries, so this is one step. */
:: d_step { pc[me] == U_UNWIND ->
#ifdef MISTAKE_CLEANUP_IN_WRONG_ORDER
     undo(BUFFER);
#endif
#ifndef MISTAKE_UNLOCK_MISSING_ON_CANCEL
     if
     :: owes[me] & MUTEX -> undo(MUTEX)
     :: else
     fi;
#endif
#ifndef MISTAKE_CLEANUP_IN_WRONG_ORDER
     undo(BUFFER);
#endif
     pc[me] = E_CLEAN }

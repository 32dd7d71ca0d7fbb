/* A worker: takes a request and performs it, down to the reply or to where a cancel has won. */

#define TAKING(r) \
  :: d_step { pc[me] == W_IDLE && waiting[r] -> \
       waiting[r] = false; cur[me] = r; pc[me] = W_START; \
       assert(!pending[me]) }

TAKING(0)
TAKING(1)

:: d_step { pc[me] == W_START ->
     if
     :: stage[cur[me]] == queued ->
       stage[cur[me]] = running; by[cur[me]] = me + 1; pc[me] = W_CHECK
     :: else -> cur[me] = 0; pc[me] = W_IDLE
     fi }

:: d_step { pc[me] == W_CHECK ->
     if
     :: stage[cur[me]] == cancelling -> pc[me] = W_DIE
     :: else ->
       if
       :: !has_key[cur[me]] -> reply[cur[me]] = IN_PROGRESS; pc[me] = W_ANSWER
       :: has_key[cur[me]] && seen_row[key_of(cur[me])] == MONEY ->
         reply[cur[me]] = DONE; pc[me] = W_ANSWER
       :: has_key[cur[me]] && seen_row[key_of(cur[me])] == TOMBSTONE ->
         reply[cur[me]] = TAKEN_CANCELLED; pc[me] = W_ANSWER
       :: else -> pc[me] = W_SWAP
       fi
     fi }

/* What was read says no: no money, no such account. */
:: d_step { pc[me] == W_SWAP && cur[me] == 0 -> reply[cur[me]] = REFUSED; pc[me] = W_ANSWER }

/* The point of no return. */
#ifdef MISTAKE_LOOKED_THEN_SET
:: d_step { pc[me] == W_SWAP && stage[cur[me]] == running -> pc[me] = W_SET }
:: d_step { pc[me] == W_SET ->
     stage[cur[me]] = committing; burying[me] = false; pc[me] = Q_PUSH }
#endif
:: d_step { pc[me] == W_SWAP ->
     if
     :: stage[cur[me]] == running ->
       stage[cur[me]] = committing; burying[me] = false; pc[me] = Q_PUSH
     :: else -> pc[me] = W_DIE
     fi }

:: d_step { pc[me] == W_ANSWER ->
     if
     :: stage[cur[me]] == running -> stage[cur[me]] = answered; pc[me] = W_RELEASE
     :: else -> pc[me] = W_DIE
     fi }

:: d_step { pc[me] == W_STORED ->
     if
     :: res[me] == STORED -> stage[cur[me]] = committed; reply[cur[me]] = DONE
     :: res[me] == UNKNOWN -> stage[cur[me]] = unknown; reply[cur[me]] = UNKNOWN
     :: res[me] == TAKEN_DONE -> stage[cur[me]] = answered; reply[cur[me]] = DONE
     :: res[me] == TAKEN_CANCELLED ->
       stage[cur[me]] = answered; reply[cur[me]] = TAKEN_CANCELLED
     :: res[me] == FAILED -> stage[cur[me]] = answered; reply[cur[me]] = STORE_FAILED
     fi;
     res[me] = 0;
     pc[me] = W_RELEASE }

:: d_step { pc[me] == W_RELEASE ->
     if
     :: stage[cur[me]] != unknown && has_key[cur[me]] ->
       has_key[cur[me]] = false; claim[key_of(cur[me])] = 0
     :: else
     fi;
     pc[me] = W_REPLY }

:: d_step { pc[me] == W_REPLY -> deliver(cur[me]); pc[me] = E_REMOVE }

/* A cancel has won. Under posix the thread waits for the pthread_cancel. */
#if defined(POSIX) && !defined(MISTAKE_WORKER_GOES_ON)
:: d_step { pc[me] == W_DIE && pending[me] -> pc[me] = E_CLEAN }
#else
:: d_step { pc[me] == W_DIE -> pc[me] = E_CLEAN }
#endif

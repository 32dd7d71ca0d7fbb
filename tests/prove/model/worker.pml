/* A worker: takes a request and runs it until its reply is sealed, or until a cancel has won. Idle
 * workers are alike, so only the first of them takes a request or leads. */
#define is_first_idle(t) ((t) == 0 || ((t) < WORKERS && pc[0] != W_IDLE))

#define TAKING(r) \
  :: d_step { pc[me] == W_IDLE && waiting[r] && is_first_idle(me) -> \
       waiting[r] = false; cur[me] = r; pc[me] = W_START; \
       must(pending_takes_none, takes_without_pending(me)) }

TAKING(0)
TAKING(1)
#if REQUESTS > 2
TAKING(2)
#endif

:: d_step { pc[me] == W_START ->
     if
     :: stage[cur[me]] == queued || mistaken(STARTED_UNSEEN) ->
       stage[cur[me]] = running; by[cur[me]] = me + 1; pc[me] = W_CHECK;
       owes[cur[me]] = FINISH | BUFFER
     :: else -> cur[me] = 0; pc[me] = W_IDLE
     fi }

/* The durable row of the key, which the request has claimed. W_ORDER finds an ordered one. */
:: d_step { pc[me] == W_CHECK ->
     if
     :: stage[cur[me]] == cancelling -> to_die()
     :: else ->
       if
       :: !has_key[cur[me]] && !is_reader(cur[me]) ->
         reply[cur[me]] = IN_PROGRESS; pc[me] = W_ANSWER
       :: has_key[cur[me]] && seen_row[key_of(cur[me])] != NO_ROW &&
          !mistaken(REFUSED_BEFORE_ROW) ->
         reply[cur[me]] = (seen_row[key_of(cur[me])] == MONEY -> DONE : TAKEN_CANCELLED);
         pc[me] = W_ANSWER
       :: else ->
#ifdef ONE_ACCOUNT
         pc[me] = W_LOCK
#else
         acquire(cur[me]); pc[me] = W_SWAP
#endif
       fi
     fi }

#ifdef ONE_ACCOUNT
:: d_step { pc[me] == W_LOCK && (owner[0] == 0 || stage[cur[me]] == cancelling) ->
     if
     :: stage[cur[me]] == cancelling -> to_die()
     :: else -> acquire(cur[me]); pc[me] = W_SWAP
     fi }
#endif

/* A balance; or a refusal after reading: no money, no such account. */
#ifdef READER
:: d_step { pc[me] == W_SWAP && is_reader(cur[me]) ->
     unlock(cur[me]); reply[cur[me]] = BALANCE; pc[me] = W_ANSWER }
#endif
:: d_step { pc[me] == W_SWAP && may_be_refused(cur[me]) && !is_reader(cur[me]) ->
     unlock(cur[me]); reply[cur[me]] = REFUSED; pc[me] = W_ANSWER }

/* The point of no return. */
#ifdef MISTAKES
:: d_step { mistaken(LOOKED_THEN_SET) && pc[me] == W_SWAP && stage[cur[me]] == running ->
     pc[me] = W_SET }
:: d_step { pc[me] == W_SET -> stage[cur[me]] = committing; pc[me] = W_ORDER }
#endif
:: d_step { pc[me] == W_SWAP && !is_reader(cur[me]) ->
     if
     :: stage[cur[me]] == running -> stage[cur[me]] = committing; pc[me] = W_ORDER
     :: else -> to_die()
     fi }

/* The order. Everything that can be refused is refused here at the latest. */
#define base_is_revoked(r) (is_revoked(rest[r]) && !mistaken(REVOKED_BASE_ORDERED))
#define epoch_is_stale(r) \
  (read_in[r] < epoch && !mistaken(REVOKED_BASE_ORDERED) && !mistaken(STALE_EPOCH_ORDERED))
#define found_late(r) (mistaken(REFUSED_BEFORE_ROW) && seen_row[key_of(r)] != NO_ROW)
#define found_row(r) (found_late(r) -> seen_row[key_of(r)] : key_row[key_of(r)])
:: d_step { pc[me] == W_ORDER ->
     if
     :: is_unknown(rest[cur[me]]) -> reply[cur[me]] = UNKNOWN; stage[cur[me]] = answered
     :: !is_unknown(rest[cur[me]]) &&
        (base_is_revoked(cur[me]) || epoch_is_stale(cur[me]) || closed) ->
       reply[cur[me]] = STORE_FAILED; stage[cur[me]] = answered
     :: else ->
       if
       :: key_is_taken(key_of(cur[me])) || found_late(cur[me]) ->
         use_row_of_key(key_of(cur[me]));
         reply[cur[me]] = (found_row(cur[me]) == MONEY -> DONE : TAKEN_CANCELLED);
         rest[cur[me]] = rest[cur[me]] | key_batch[key_of(cur[me])];
         stage[cur[me]] = answered
       :: else ->
         order_money(cur[me])
       fi
     fi;
     pc[me] = W_UNLOCK }

/* The mutex is released before the change is durable. */
:: d_step { pc[me] == W_UNLOCK -> unlock(cur[me]); pc[me] = W_SEAL }

:: d_step { pc[me] == W_ANSWER ->
     if
     :: stage[cur[me]] == running -> stage[cur[me]] = answered; pc[me] = W_SEAL
     :: else -> to_die()
     fi }

/* The reply is sealed. If what it rests on is decided, the worker ends the request; otherwise the
 * leader will, and the worker's part of the request is over. */
#define at_once(r) \
  ((mistaken(BALANCE_AT_ONCE) && reply[r] == BALANCE) || \
   (mistaken(REFUSAL_AT_ONCE) && reply[r] == REFUSED) || \
   (mistaken(REPLAY_AT_ONCE) && reply[r] == TAKEN_CANCELLED))
:: d_step { pc[me] == W_SEAL ->
     by[cur[me]] = 0;
     if
     :: is_decided(rests_of(cur[me])) || at_once(cur[me]) -> pc[me] = F_END
#ifdef MISTAKES
     :: !is_decided(rests_of(cur[me])) && mistaken(LOOKED_THEN_PARKED) -> pc[me] = W_PARK
#endif
     :: else -> sealed[cur[me]] = true; cur[me] = 0; pc[me] = W_IDLE
     fi }
#ifdef MISTAKES
:: d_step { pc[me] == W_PARK -> sealed[cur[me]] = true; cur[me] = 0; pc[me] = W_IDLE }
#endif

/* A cancel has won. Under posix the window opens and the pthread_cancel acts in it: cancellation is
 * disabled, and the thread unwinds. */
#ifdef POSIX
:: d_step { me < WORKERS && pending[me] && in_window[me] ->
     pending[me] = false;
     in_window[me] = mistaken(ENABLED_IN_CLEANUP);
     pc[me] = U_UNWIND }
#endif
#if !defined(POSIX) || defined(MISTAKES)
:: d_step { pc[me] == W_DIE && !in_window[me] ->
     by_mistake(CAUGHT_AS_ERROR, reply[cur[me]] = STORE_FAILED; deliver(cur[me]));
     pc[me] = U_UNWIND }
#endif

/* Runs the cleanup stack, topmost first, down to the bottom entry. No other thread sees the
 * entries, so this is one step. */
:: d_step { pc[me] == U_UNWIND ->
     by_mistake(CLEANUP_IN_WRONG_ORDER, undo(cur[me], BUFFER));
     if
     :: (owes[cur[me]] & MUTEX) && !mistaken(UNLOCK_MISSING_ON_CANCEL) -> unlock(cur[me])
     :: else
     fi;
     unless_mistaken(CLEANUP_IN_WRONG_ORDER, undo(cur[me], BUFFER));
     pc[me] = E_CLEAN }

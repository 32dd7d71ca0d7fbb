/* The cancellers: the operator by handle, a customer by key, the clock by a deadline. A customer
 * may ask for the status of the key instead. */

#define mine (me - FIRST_CANCELLER)

/* Looks up a handle. The clock knows its request and stops when the request is gone. */
:: d_step { pc[me] == K_IDLE && (kind_of(me) == BY_HANDLE || kind_of(me) == DEADLINE) &&
            up && sent[0] && in_table[0] ->
     asking[mine] = true; target[mine] = sending(0); ordered = ordered | sending(0);
     cur[me] = 0; pc[me] = K_SWAP }
:: d_step { pc[me] == K_IDLE && kind_of(me) == BY_HANDLE && up && sent[0] && !in_table[0] ->
     asking[mine] = true; give(me, INVALID); pc[me] = K_DONE }

/* Looks up the request that has claimed the key. If there is none, a tombstone blocks the key. */
:: d_step { pc[me] == K_IDLE && kind_of(me) == BY_KEY && up ->
     asking[mine] = true;
     if
     :: claim[key_of(0)] != 0 ->
       cur[me] = claim[key_of(0)] - 1;
       target[mine] = sending(cur[me]);
       ordered = ordered | sending(cur[me]);
       pc[me] = K_SWAP
     :: else -> target[mine] = 0; bury()
     fi }

/* STATUS reads the row of the key in the file. */
#define told_row(k) \
  (mistaken(STATUS_AT_ONCE) && key_row[k] != NO_ROW -> key_row[k] : seen_row[k])
:: d_step { pc[me] == K_IDLE && kind_of(me) == STATUS && up && sent[0] ->
     asking[mine] = true;
     if
     :: told_row(key_of(0)) == MONEY -> tell(me, TAKEN_DONE)
     :: told_row(key_of(0)) == TOMBSTONE -> tell(me, TAKEN_CANCELLED)
     :: told_row(key_of(0)) == NO_ROW && closed -> tell(me, UNKNOWN)
     :: told_row(key_of(0)) == NO_ROW && !closed -> tell(me, NONE)
     fi;
     pc[me] = K_DONE }

#ifdef MISTAKES
:: d_step { mistaken(VERDICT_BEFORE_SWAP) && pc[me] == K_SWAP && verdict[mine] == 0 &&
            (stage[cur[me]] == queued || stage[cur[me]] == running) -> give(me, CANCELLED) }
:: d_step { mistaken(LATE_CANCEL_HITS_NEXT) && pc[me] == K_SWAP && pc[0] != W_IDLE ->
     cur[me] = cur[0] }
#endif

/* The swap. One canceller wins, and only before the outcome is decided. */
:: d_step { pc[me] == K_SWAP ->
     if
     :: stage[cur[me]] == queued || stage[cur[me]] == running ||
        (mistaken(CANCELLED_AFTER_COMMIT) && stage[cur[me]] == committing) ->
       winner[cur[me]] = me;
       final[cur[me]] = (kind_of(me) != DEADLINE);
       is_answer[mine] = (kind_of(me) != BY_KEY);
       if
       :: stage[cur[me]] == queued -> pc[me] = K_NOTE_END
#ifdef POSIX
       :: stage[cur[me]] == running -> pc[me] = K_NOTE_DELIVER
#else
       :: stage[cur[me]] == running -> pc[me] = K_OWN
#endif
#ifdef MISTAKES
       :: stage[cur[me]] == committing -> pc[me] = K_OWN
#endif
       fi;
       stage[cur[me]] = cancelling
     :: stage[cur[me]] == cancelling ->
       later[cur[me]] = later[cur[me]] | (1 << me); pc[me] = K_ORDER
     :: stage[cur[me]] == cancelled -> call_back(me, later_verdict[cur[me]]); pc[me] = K_ORDER
     :: stage[cur[me]] == answered ->
       if
       :: kind_of(me) == BY_KEY -> bury()
       :: else -> call_back(me, TOO_LATE); pc[me] = K_OWN
       fi
     :: else -> call_back(me, TOO_LATE); pc[me] = K_OWN
     fi }

:: d_step { pc[me] == K_NOTE_END ->
     waiting[cur[me]] = false;
     note_end[cur[me]] = !mistaken(QUEUED_CANCEL_FORGOTTEN);
     pc[me] = K_OWN }
:: d_step { pc[me] == K_NOTE_DELIVER -> note_deliver[cur[me]] = true; pc[me] = K_OWN }

/* Another canceller has won: does its cancel make the key final? */
:: d_step { pc[me] == K_ORDER ->
     if
     :: kind_of(me) != BY_KEY || final[cur[me]] -> pc[me] = K_OWN
     :: else -> bury()
     fi }

:: d_step { pc[me] == K_OWN ->
     is_answer[mine] = true;
     if
     :: kind_of(me) == BY_KEY && got[mine] != 0 -> give(me, got[mine]); got[mine] = 0
     :: else
     fi;
     cur[me] = 0;
     pc[me] = K_DONE }

:: d_step { pc[me] == K_ENTOMBED ->
     if
     :: res[me] == STORED -> give(me, CANCELLED)
     :: res[me] == TAKEN_CANCELLED -> give(me, ALREADY)
     :: res[me] == TAKEN_DONE -> target[mine] = 0; give(me, TOO_LATE)
     :: else -> give(me, UNKNOWN)
     fi;
     res[me] = 0; choose_grave(); rest[buries] = 0; got[mine] = 0; cur[me] = 0;
     pc[me] = K_DONE }

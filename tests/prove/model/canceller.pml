/* Whoever cancels: the operator by a handle, a customer by a key, the clock. */

#define mine (me - FIRST_CANCELLER)

/* A handle is looked up. The clock knows its request, and is stopped when that is gone. */
:: d_step { pc[me] == K_IDLE && kind_of(me) != BY_KEY && up && sent[0] && in_table[0] ->
     asking[mine] = true; target[mine] = sending(0); ordered = ordered | sending(0);
     cur[me] = 0; pc[me] = K_SWAP }
:: d_step { pc[me] == K_IDLE && kind_of(me) == BY_HANDLE && up && sent[0] && !in_table[0] ->
     asking[mine] = true; give(me, INVALID); pc[me] = K_DONE }

/* A key: whoever has claimed it; else a tombstone keeps all out. */
:: d_step { pc[me] == K_IDLE && kind_of(me) == BY_KEY && up ->
     asking[mine] = true;
     if
     :: claim[key_of(0)] != 0 ->
       cur[me] = claim[key_of(0)] - 1;
       target[mine] = sending(cur[me]);
       ordered = ordered | sending(cur[me]);
       pc[me] = K_SWAP
     :: else -> target[mine] = 0; burying[me] = true; pc[me] = Q_PUSH
     fi }

#ifdef MISTAKE_VERDICT_BEFORE_SWAP
:: d_step { pc[me] == K_SWAP && verdict[mine] == 0 &&
            (stage[cur[me]] == queued || stage[cur[me]] == running) -> give(me, CANCELLED) }
#endif
#ifdef MISTAKE_LATE_CANCEL_HITS_NEXT
:: d_step { pc[me] == K_SWAP && pc[0] != W_IDLE -> cur[me] = cur[0] }
#endif

/* The swap. One canceller wins, and only while nothing has been decided. */
:: d_step { pc[me] == K_SWAP ->
     if
#ifdef MISTAKE_CANCELLED_AFTER_COMMIT
     :: stage[cur[me]] == queued || stage[cur[me]] == running || stage[cur[me]] == committing ->
#else
     :: stage[cur[me]] == queued || stage[cur[me]] == running ->
#endif
       winner[cur[me]] = me;
       final[cur[me]] = (kind_of(me) != DEADLINE);
       own[mine] = (kind_of(me) != BY_KEY);
       if
       :: stage[cur[me]] == queued -> pc[me] = K_NOTE_END
#ifdef POSIX
       :: stage[cur[me]] == running -> pc[me] = K_NOTE_DELIVER
#else
       :: stage[cur[me]] == running -> pc[me] = K_OWN
#endif
#ifdef MISTAKE_CANCELLED_AFTER_COMMIT
       :: stage[cur[me]] == committing -> pc[me] = K_OWN
#endif
       fi;
       stage[cur[me]] = cancelling
     :: stage[cur[me]] == cancelling ->
       later[cur[me]] = later[cur[me]] | (1 << me); pc[me] = K_ORDER
     :: stage[cur[me]] == cancelled -> call_back(me, told[cur[me]]); pc[me] = K_ORDER
     :: stage[cur[me]] == answered ->
       if
       :: kind_of(me) == BY_KEY -> burying[me] = true; pc[me] = Q_PUSH
       :: else -> call_back(me, TOO_LATE); pc[me] = K_OWN
       fi
     :: else -> call_back(me, TOO_LATE); pc[me] = K_OWN
     fi }

:: d_step { pc[me] == K_NOTE_END ->
     waiting[cur[me]] = false;
#ifndef MISTAKE_QUEUED_CANCEL_FORGOTTEN
     note_end[cur[me]] = true;
#endif
     pc[me] = K_OWN }
:: d_step { pc[me] == K_NOTE_DELIVER -> note_deliver[cur[me]] = true; pc[me] = K_OWN }

/* Somebody else's cancel: was it one that makes the key final? */
:: d_step { pc[me] == K_ORDER ->
     if
     :: kind_of(me) != BY_KEY || final[cur[me]] -> pc[me] = K_OWN
     :: else -> burying[me] = true; pc[me] = Q_PUSH
     fi }

:: d_step { pc[me] == K_OWN ->
     own[mine] = true;
     if
     :: kind_of(me) == BY_KEY && got[mine] != 0 -> give(me, got[mine]); got[mine] = 0
     :: else
     fi;
     cur[me] = 0;
     pc[me] = K_DONE }

:: d_step { pc[me] == K_BURIED ->
     if
     :: res[me] == STORED -> give(me, CANCELLED)
     :: res[me] == TAKEN_CANCELLED -> give(me, ALREADY)
     :: res[me] == TAKEN_DONE -> target[mine] = 0; give(me, TOO_LATE)
     :: else -> give(me, UNKNOWN)
     fi;
     burying[me] = false; res[me] = 0; got[mine] = 0; cur[me] = 0;
     pc[me] = K_DONE }

/* Group commit: the first in the queue, the leader, stores for all that wait behind it. */

#define first_of_queue (length > 0 && queue[0] == me)
#define member queue[at]
#define key_of_member key_of(cur[queue[at]])

:: d_step { pc[me] == Q_PUSH ->
     queue[length] = me; length++;
     done = done & ~(1 << me); called = called & ~(1 << me);
     pc[me] = (queue[0] == me -> L_TAKE : Q_WAIT) }

/* When woken, it checks again: its batch may be over, or it may be the first. */
:: d_step { pc[me] == Q_WAIT && (called & (1 << me)) ->
     called = called & ~(1 << me);
     if
     :: done & (1 << me) -> done = done & ~(1 << me); after_commit()
     :: else ->
       if
       :: first_of_queue -> pc[me] = L_TAKE
       :: else
       fi
     fi }

:: d_step { pc[me] == L_TAKE ->
     batch = length; low = 0; high = length; single = false; pc[me] = L_BEGIN }

:: d_step { pc[me] == L_BEGIN && !closed ->
     begin_unit(); at = low; anything = false; pc[me] = L_EACH }
:: d_step { pc[me] == L_BEGIN && (closed || faults < FAULTS) ->
     if
     :: !closed -> faults++
     :: else
     fi;
     nothing_stored() }

/* Stores the members of the unit one by one. The row of a key is unique. */
:: d_step { pc[me] == L_EACH && at < high ->
     if
#ifdef MISTAKE_KEY_OUTSIDE_UNIT
     :: unit_row[key_of_member] == NO_ROW || !entombing[member] ->
#else
     :: unit_row[key_of_member] == NO_ROW ->
#endif
       res[member] = STORED;
       anything = true;
       if
       :: entombing[member] -> unit_row[key_of_member] = TOMBSTONE
       :: else ->
#ifndef MISTAKE_KEY_NOT_STORED
         unit_row[key_of_member] = MONEY;
#endif
         unit_money = unit_money | sending(cur[member])
       fi
     :: else ->
       res[member] = (unit_row[key_of_member] == MONEY -> TAKEN_DONE : TAKEN_CANCELLED)
     fi;
     at++ }
/* The store undoes this member only. */
:: d_step { pc[me] == L_EACH && at < high && faults < FAULTS ->
     faults++; res[member] = FAILED; at++ }
/* The store undoes the whole unit. */
:: d_step { pc[me] == L_EACH && at < high && faults < FAULTS ->
     faults++;
#ifdef MISTAKE_LOST_UNIT_COMMITTED
     begin_unit(); res[member] = FAILED; anything = true; at++
#else
     nothing_stored()
#endif
     }
:: d_step { pc[me] == L_EACH && at == high ->
     if
     :: anything -> pc[me] = L_COMMIT
     :: else -> next_unit()
     fi }

:: d_step { pc[me] == L_COMMIT -> write_unit(); pc[me] = L_SYNC }
:: d_step { pc[me] == L_COMMIT && faults < FAULTS -> faults++; nothing_stored() }
:: d_step { pc[me] == L_COMMIT && faults < FAULTS -> faults++; outcome_unknown(); next_unit() }

#ifdef MISTAKE_ACK_BEFORE_SYNC
:: d_step { pc[me] == L_SYNC -> see(); next_unit() }
#else
:: d_step { pc[me] == L_SYNC -> sync(); see(); next_unit() }
#endif
:: d_step { pc[me] == L_SYNC && faults < FAULTS ->
     faults++; stale = true; outcome_unknown(); next_unit() }

/* The batch is over. The leader stays first until it has tidied up. */
:: d_step { pc[me] == L_WAKE ->
     for (i : 1 .. batch - 1) {
       done = done | (1 << queue[i]); called = called | (1 << queue[i])
     }
     for (i : 1 .. length - batch) { queue[i] = queue[i + batch - 1] }
     for (i : length - batch + 1 .. length - 1) { queue[i] = 0 }
     length = length - batch + 1;
     batch = 0; low = 0; high = 0; at = 0; single = false; anything = false; i = 0;
     pc[me] = L_POP }

:: d_step { pc[me] == L_POP ->
     for (i : 1 .. length - 1) { queue[i - 1] = queue[i] }
     length--;
     queue[length] = 0;
     if
#ifndef MISTAKE_NEXT_LEADER_NOT_CALLED
     :: length > 0 -> called = called | (1 << queue[0])
#endif
     :: else
     fi;
     i = 0;
     after_commit() }

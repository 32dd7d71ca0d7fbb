/* The commit pipeline. A thread that has work in the order, or an idle worker, leads if no other
 * thread does: it writes everything that is ordered in one unit of work, syncs once, decides the
 * batch and ends the requests whose replies rest on it. */

:: d_step { pc[me] == T_ORDER ->
     choose_grave();
     if
     :: closed -> res[me] = UNKNOWN
     :: !closed && key_is_taken(grave) ->
       use_row_of_key(grave);
       res[me] = taken_by(key_row[grave]); rest[buries] = key_batch[grave]
     :: else -> res[me] = STORED; order_tombstone()
     fi;
     pc[me] = T_WAIT }

/* The verdict rests on the batch. If the row of another was revoked, the thread tries again. */
#define at_once_buried (mistaken(TOMBSTONE_AT_ONCE) && res[me] == STORED)
:: d_step { pc[me] == T_WAIT && (is_decided(rest[resting_of(me)]) || at_once_buried) ->
     choose_grave();
     if
     :: is_revoked(rest[buries]) && res[me] != STORED -> res[me] = 0; pc[me] = T_ORDER
     :: else ->
       if
       :: is_revoked(rest[buries]) || is_unknown(rest[buries]) -> res[me] = UNKNOWN
       :: else
       fi;
       users[grave] = users[grave] & ~(1 << buries);
       drop_key(grave);
       pc[me] = (me < FIRST_CANCELLER -> E_ENTOMBED : K_ENTOMBED)
     fi;
     rest[buries] = 0 }

:: d_step { leader == 0 && has_changes && !left_alone &&
            (pc[me] == T_WAIT || (pc[me] == W_IDLE && is_first_idle(me))) ->
     leader = me + 1; take_batch(); pc[me] = L_WRITE }

:: d_step { pc[me] == L_WRITE ->
     write_batch();
     by_mistake(DECIDED_BEFORE_SYNC, decide_durable());
     pc[me] = L_SYNC }
/* The store refuses the batch before COMMIT. */
:: d_step { pc[me] == L_WRITE && faults < FAULTS ->
     faults++;
     unless_mistaken(LOST_UNIT_COMMITTED, decide_revoked());
     pc[me] = (mistaken(LOST_UNIT_COMMITTED) -> L_DECIDE : L_FINISH) }
/* COMMIT fails: in writing, or in the sync. */
:: d_step { pc[me] == L_WRITE && faults < FAULTS ->
     faults++; decide_unknown(); pc[me] = L_FINISH }

:: d_step { pc[me] == L_SYNC ->
     unless_mistaken(ACK_BEFORE_SYNC, sync(); synced_batches = synced_batches | taken_batch);
     see();
     pc[me] = L_DECIDE }
:: d_step { pc[me] == L_SYNC && faults < FAULTS ->
     faults++; stale = true; decide_unknown(); pc[me] = L_FINISH }

:: d_step { pc[me] == L_DECIDE -> decide_durable(); pc[me] = L_FINISH }

/* Ends the requests that rest on the batch, in any order. */
#define FINISHING(r) \
  :: d_step { pc[me] == L_FINISH && (due[me] & (1 << (r))) -> \
       due[me] = due[me] & ~(1 << (r)); ends[me] = (r) + 1; pc[me] = F_END }
FINISHING(0)
FINISHING(1)
#if REQUESTS > 2
FINISHING(2)
#endif
:: d_step { pc[me] == L_FINISH && due[me] == 0 -> pc[me] = (res[me] == 0 -> W_IDLE : T_WAIT) }

/* An entry is dropped while its change is not durable. */
#ifdef MISTAKES
:: d_step { mistaken(ENTRY_DROPPED) && changed_in[0] != 0 && owner[0] == 0 ->
     changed_in[0] = 0; balance[0] = 0; judge() }
#endif

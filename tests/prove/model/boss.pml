/* The boss: admits requests, ends cancelled ones that never had a thread, delivers cancels, joins
 * dead workers. The reserve writes the tombstones of requests that never had a thread. */

#define ADMISSION(r) \
  :: d_step { pc[me] == B_IDLE && up && !draining && !sent[r] -> \
       sent[r] = true; awaiting[r] = true; \
       repeats[r] = !is_reader(r) && is_settled(key_of(r)); \
       cur[me] = r; pc[me] = B_INSERT; \
       stage[r] = queued; \
       if \
       :: !is_reader(r) && claim[key_of(r)] == 0 -> claim[key_of(r)] = r + 1; has_key[r] = true \
       :: else \
       fi }

#define NOTES(r) \
  :: d_step { pc[me] == B_IDLE && note_end[r] -> \
       note_end[r] = false; \
       if \
       :: final[r] && !is_reader(r) -> job[r] = true \
       :: else -> cur[me] = r; owes[r] = FINISH; pc[me] = E_CLEAN \
       fi } \
  :: d_step { pc[me] == B_IDLE && note_deliver[r] -> \
       note_deliver[r] = false; \
       if \
       :: by[r] != 0 -> pending[by[r] - 1] = true \
       :: else \
       fi } \
  :: d_step { pc[me] == R_IDLE && job[r] -> \
       job[r] = false; cur[me] = r; owes[r] = FINISH; pc[me] = E_CLEAN }

#define JOIN(w) \
  :: d_step { pc[me] == B_IDLE && pc[w] == E_DEAD -> pc[w] = W_IDLE }

ADMISSION(0)
ADMISSION(1)
#if REQUESTS > 2
ADMISSION(2)
#endif
:: d_step { pc[me] == B_INSERT -> in_table[cur[me]] = true; pc[me] = B_QUEUE }
:: d_step { pc[me] == B_QUEUE -> waiting[cur[me]] = true; cur[me] = 0; pc[me] = B_IDLE }
NOTES(0)
NOTES(1)
#if REQUESTS > 2
NOTES(2)
#endif
#ifdef POSIX
JOIN(0)
#if WORKERS > 1
JOIN(1)
#endif
#endif

/* A COMMIT has failed: no more requests are admitted, and those that can be are cancelled, the
 * youngest first. No tombstones: the customers may try again. */
:: d_step { pc[me] == B_IDLE && note_stop ->
     note_stop = false; draining = true; cur[me] = REQUESTS - 1; pc[me] = B_STOP }
:: d_step { pc[me] == B_STOP ->
     if
     :: in_table[cur[me]] && stage[cur[me]] == queued ->
       ordered = ordered | sending(cur[me]); stage[cur[me]] = cancelling; pc[me] = B_NOTE
     :: in_table[cur[me]] && stage[cur[me]] == running ->
       ordered = ordered | sending(cur[me]); stage[cur[me]] = cancelling;
#ifdef POSIX
       note_deliver[cur[me]] = true;
#endif
       stop_next()
     :: else -> stop_next()
     fi }
:: d_step { pc[me] == B_NOTE ->
     waiting[cur[me]] = false; note_end[cur[me]] = true; stop_next() }

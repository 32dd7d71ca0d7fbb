/* The machine stops at any moment and starts again. So does the server after a COMMIT whose outcome
 * is unknown. */

#define worker_may_go(w) (pc[w] == W_IDLE || pc[w] == E_DEAD)
#define may_end \
  (draining && all_answered && of_each_request(nothing_noted) && of_each_worker(worker_may_go) && \
   pc[BOSS] == B_IDLE && pc[RESERVE] == R_IDLE && order_is_empty)

/* Customers without a reply, or with UNKNOWN, send their request again. */
inline die() {
  up = false;
  for (n : 0 .. REQUESTS - 1) {
    lost = lost | owed(n);
    if
    :: sent[n] && (awaiting[n] || reply[n] == UNKNOWN) && tries[n] < TRIES - 1 ->
      tries[n]++; sent[n] = false
    :: else
    fi;
    awaiting[n] = false
  }
  for (n : 0 .. CANCELLERS - 1) { asking[n] = false }
  forget();
  judge()
}

proctype Machine() {
  byte n;
end:
  do
  /* All are answered; the server ends with an exit status that requests a restart. */
  :: d_step { up && may_end -> die() }
  /* The process is killed: written data survives. Or the power fails: data written and not synced
   * is lost or kept as a whole, due to the checksums of the log. */
  :: d_step { up && crashes < CRASHES -> crashes++; may_be_lost = true; die() }
  :: d_step { !up && may_be_lost -> may_be_lost = false; stale = false; lose() }
  :: d_step { !up && may_be_lost && stale -> may_be_lost = false; stale = false; sync() }
  :: d_step { !up ->
#ifdef MISTAKES
       if
       :: mistaken(SERVED_BEFORE_CHECKPOINT) || (mistaken(NOT_REWRITTEN) && stale)
       :: else -> sync()
       fi;
#else
       sync();
#endif
       may_be_lost = false; stale = false; see(); up = true }
  od
}

/* The machine: it stops at any moment, and starts again. */

/* Customers without a reply, and those whose outcome is not known, send the same again. */
inline die() {
  up = false;
  for (n : 0 .. REQUESTS - 1) {
    if
    :: sent[n] && (awaiting[n] || reply[n] == UNKNOWN) && tries[n] < TRIES - 1 ->
      tries[n]++; sent[n] = false
    :: else
    fi;
    awaiting[n] = false
  }
  for (n : 0 .. CANCELLERS - 1) { asking[n] = false }
  forget()
}

proctype Machine() {
  byte n;
end:
  do
  /* The process is killed: what was written outlives it. */
  :: d_step { up && crashes < CRASHES -> crashes++; die() }
  /* The power fails: what was written and not synced may be lost, all of it or none (the log's
   * checksums see to that). */
  :: d_step { up && crashes < CRASHES -> crashes++; sync(); stale = false; die() }
  :: d_step { up && crashes < CRASHES -> crashes++; lose(); stale = false; die() }
  :: d_step { !up ->
#if defined(MISTAKE_NOT_WRITTEN_ANEW)
       if
       :: !stale -> sync()
       :: else
       fi;
#elif !defined(MISTAKE_SERVED_BEFORE_CHECKPOINT)
       sync();
#endif
       stale = false; see(); up = true }
  od
}

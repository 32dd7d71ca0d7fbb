/* The ledger as the leader uses it, and the next step of the leader. Callers declare byte i. */

inline open() {
  for (n : 0 .. KEYS - 1) {
    unit_row[n] = NO_ROW; seen_row[n] = NO_ROW;
    written_row[n] = NO_ROW; durable_row[n] = NO_ROW
  }
}

inline begin_unit() {
  for (i : 0 .. KEYS - 1) { unit_row[i] = seen_row[i] }
  unit_money = durable_money;
  i = 0
}

/* COMMIT writes the log, then syncs it. */
inline write_unit() {
  for (i : 0 .. KEYS - 1) { written_row[i] = unit_row[i] }
  written_money = unit_money;
  i = 0;
  judge()
}

#define SYNCED(k) durable_row[k] = written_row[k]
#define LOST(k) written_row[k] = durable_row[k]
#define SEEN(k) seen_row[k] = written_row[k]
#ifdef ONE_KEY
#define each_key(act) act(0)
#else
#define each_key(act) act(0); act(1)
#endif
inline sync() { each_key(SYNCED); durable_money = written_money; judge() }
inline lose() { each_key(LOST); written_money = durable_money }
inline see() { each_key(SEEN) }

/* The unit is lost: its members run again one at a time. A member that ran alone has failed. */
inline nothing_stored() {
  if
  :: high - low > 1 -> single = true; high = low + 1; pc[me] = L_BEGIN
  :: else -> res[queue[low]] = FAILED; next_unit()
  fi
}

/* COMMIT has failed, so the outcome of every member is unknown. */
inline outcome_unknown() {
#ifdef MISTAKE_UNKNOWN_IS_FAILED
  for (i : low .. high - 1) { res[queue[i]] = FAILED }
#else
  for (i : low .. high - 1) { res[queue[i]] = UNKNOWN }
#endif
  closed = true;
#ifndef MISTAKE_STOP_NOT_NOTICED
  note_stop = true;
#endif
  i = 0
}

inline next_unit() {
  unit_money = 0;
  for (i : 0 .. KEYS - 1) { unit_row[i] = NO_ROW }
  i = 0;
  at = 0;
  if
  :: single && low + 1 < batch -> low++; high = low + 1; pc[me] = L_BEGIN
  :: else -> pc[me] = L_WAKE
  fi
}

inline after_commit() {
  if
  :: !entombing[me] -> pc[me] = W_STORED
  :: entombing[me] && me < FIRST_CANCELLER -> pc[me] = E_ENTOMBED
  :: else -> pc[me] = K_ENTOMBED
  fi
}

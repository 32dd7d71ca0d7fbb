/* The memory of the server at a start: a crash erases everything else. Callers declare byte n. */

inline forget() {
  for (n : 0 .. THREADS - 1) {
    if
    :: n < WORKERS -> pc[n] = W_IDLE
    :: n == RESERVE -> pc[n] = R_IDLE
    :: n == BOSS -> pc[n] = B_IDLE
    :: n >= FIRST_CANCELLER -> pc[n] = (verdict[n - FIRST_CANCELLER] == 0 -> K_IDLE : K_DONE)
    fi;
    cur[n] = 0; due[n] = 0; ends[n] = 0; res[n] = 0
  }
  for (n : 0 .. REQUESTS - 1) {
    stage[n] = 0; reply[n] = 0; in_table[n] = false; waiting[n] = false; has_key[n] = false;
    final[n] = false; winner[n] = 0; later[n] = 0; later_verdict[n] = 0; by[n] = 0;
    owes[n] = 0; read[n] = 0; read_in[n] = 0; own[n] = 0; sealed[n] = false;
    note_end[n] = false; note_deliver[n] = false; job[n] = false
  }
  for (n : 0 .. RESTING - 1) { rest[n] = 0 }
  for (n : 0 .. KEYS - 1) {
    claim[n] = 0; users[n] = 0; key_row[n] = NO_ROW; key_batch[n] = 0; tombstone_in[n] = 0;
    seen_row[n] = NO_ROW
  }
  for (n : 0 .. ACCOUNTS - 1) {
    owner[n] = 0; balance[n] = 0; changed_in[n] = 0; seen_balance[n] = 0
  }
  for (n : 0 .. WORKERS - 1) { pending[n] = false; in_window[n] = false }
  for (n : 0 .. CANCELLERS - 1) { got[n] = 0; is_answer[n] = false }
  open_batch = 1; taken_batch = 0; revoked_batches = 0; unknown_batches = 0;
  abandoned_batches = 0; epoch = 0; has_changes = false;
  newest = 0; synced_batches = 0; leader = 0; closed = false; left_alone = false;
  note_stop = false; draining = false;
  n = 0
}

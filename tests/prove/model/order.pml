/* The commit order: batches, what rests on them, and the tables of keys and accounts. Each inline
 * is the work of one critical section. */

/* Spin takes only names as arguments of an inline: the request that a thread finishes (its own, or
 * that of another), and for whom it orders the tombstone of which key. */
hidden byte whose, buries, grave;
inline choose_whose() { whose = (ends[me] != 0 -> ends[me] - 1 : cur[me]) }
inline choose_grave() {
  if
  :: me < FIRST_CANCELLER -> grave = key_of(cur[me]); buries = cur[me]
  :: else -> grave = key_of(0); buries = REQUESTS + me - FIRST_CANCELLER
  fi
}

/* The outcome of batches, given as bits. A request's own batch decides, if it has one. */
#define undecided_batches (taken_batch | open_batch)
#define durable_batches \
  ((open_batch - 1) & ~(taken_batch | revoked_batches | unknown_batches | abandoned_batches))
#define rests_of(r) (own[r] != 0 -> own[r] : rest[r])
#define is_decided(bits) (((bits) & undecided_batches) == 0)
#define passed(bits) (mistaken(PASSED_IS_DURABLE) && durable_batches > (bits))
#define is_unknown(bits) (((bits) & (unknown_batches | abandoned_batches)) != 0)
#define is_revoked(bits) (!is_unknown(bits) && ((bits) & revoked_batches) != 0 && !passed(bits))
/* Nothing of an abandoned change is stored, which is certain; a value read from one is not. */
#define is_undone(r) \
  (own[r] != 0 -> is_revoked(own[r]) || (own[r] & abandoned_batches) != 0 : is_revoked(rest[r]))
#define is_in_doubt(r) (own[r] != 0 -> (own[r] & unknown_batches) != 0 : is_unknown(rest[r]))

/* -- The key table. A row of a revoked batch counts as absent. -- */

#define key_is_taken(k) \
  (key_row[k] != NO_ROW && \
   ((key_batch[k] & revoked_batches) == 0 || mistaken(REVOKED_KEY_KEPT)))
#define taken_by(row) ((row) == MONEY -> TAKEN_DONE : TAKEN_CANCELLED)

inline use_row_of_key(k) {
  remembered = remembered || (key_batch[k] & revoked_batches) != 0;
  must(revoked_is_forgotten, !remembered)
}
/* The entry is dropped when the key is neither claimed nor used. */
inline drop_key(k) {
  if
  :: claim[k] == 0 && users[k] == 0 -> key_row[k] = NO_ROW; key_batch[k] = 0
  :: else
  fi
}
inline release_key(r) {
  released_early = released_early || awaiting[r];
  must(key_outlives_reply, !released_early);
  has_key[r] = false;
  claim[key_of(r)] = 0;
  drop_key(key_of(r))
}

/* -- The account table. -- */

/* A row of a revoked batch counts as absent, and the durable one is read from the file. */
#define row_is_absent(a) \
  (changed_in[a] == 0 || \
   ((changed_in[a] & revoked_batches) != 0 && !mistaken(REVOKED_BALANCE_KEPT)))
#define is_own_unknown(r) ((own[r] & unknown_batches) != 0)
#ifdef ONE_ACCOUNT
#define unknown_in(a) of_any_request(is_own_unknown)
#else
#define unknown_in(a) is_own_unknown(a)
#endif
inline read_account(r, a) {
  if
  :: row_is_absent(a) -> read[r] = seen_balance[a]; rest[r] = 0
  :: else ->
    read[r] = balance[a]; rest[r] = changed_in[a];
    remembered = remembered || (changed_in[a] & revoked_batches) != 0
  fi;
  read_in[r] = epoch;
  guessed = guessed || (!is_unknown(rest[r]) && unknown_in(a));
  must(revoked_is_forgotten, !remembered);
  must(unknown_is_told, !guessed)
}

/* The request has the mutex of its account. */
inline acquire(r) {
  owner[account_of(r)] = r + 1;
  owes[r] = owes[r] | MUTEX;
  read_account(r, account_of(r))
}
inline unlock(r) {
  undo(r, MUTEX);
  owner[account_of(r)] = 0
}

/* -- The order. -- */

inline order_money(r) {
  own[r] = open_batch; newest = r; has_changes = true;
  key_row[key_of(r)] = MONEY; key_batch[key_of(r)] = open_batch;
  balance[account_of(r)] = read[r] | sending(r);
  changed_in[account_of(r)] = open_batch;
  reply[r] = DONE;
  must(revoked_base_is_refused, bases_are_kept);
  must(stale_epoch_is_refused, epochs_are_new);
  must(entry_is_kept, entries_are_kept)
}
inline order_tombstone() {
  tombstone_in[grave] = open_batch; has_changes = true;
  key_row[grave] = TOMBSTONE; key_batch[grave] = open_batch;
  rest[buries] = open_batch
}

inline take_batch() {
  taken_batch = open_batch; open_batch = open_batch << 1; has_changes = false
}

/* A reply may leave when all that it rests on is decided. */
#define is_ready(r) (sealed[r] && is_decided(rests_of(r)))
#define MAKE_DUE(r) \
  if \
  :: is_ready(r) -> sealed[r] = false; due[me] = due[me] | (1 << (r)) \
  :: else \
  fi
/* The leader has decided its batch. It ends the requests that rest on it, and meanwhile another
 * thread may lead. */
inline stop_leading() {
  taken_batch = 0;
  each_request(MAKE_DUE);
  left_alone = mistaken(NEXT_LEADER_NOT_CALLED) && has_changes;
  leader = 0
}

/* Rows that are durable need no entry any more. */
#define DROP_ENTRY(a) \
  changed_in[a] = changed_in[a] & ~taken_batch; \
  balance[a] = (changed_in[a] == 0 -> 0 : balance[a])
inline decide_durable() {
  each_account(DROP_ENTRY);
  stop_leading();
  must(durable_was_synced, all_durable_synced)
}

/* The open batch is lost with the one that was taken, since its changes may build on that one. A
 * new epoch begins. */
inline lose_open() {
  if
  :: mistaken(DEPENDENT_SURVIVES) && !closed
  :: else -> open_batch = open_batch << 1; has_changes = false
  fi;
  epoch++;
  stop_leading();
  must(revoked_base_is_refused, bases_are_kept)
}
#define NOTE_REVOKED(r) \
  revoked_money = revoked_money | (own[r] & revoked_batches -> sending(r) : 0)
/* The store has refused the batch before COMMIT: nothing of it is stored. */
inline decide_revoked() {
  revoked_batches = revoked_batches | taken_batch |
    (mistaken(DEPENDENT_SURVIVES) -> 0 : open_batch);
  each_request(NOTE_REVOKED);
  lose_open()
}
/* COMMIT has failed, so the outcome of every change in the batch is unknown. Those in the open
 * batch will not be stored. */
inline decide_unknown() {
  if
  :: mistaken(UNKNOWN_IS_FAILED) ->
    revoked_batches = revoked_batches | taken_batch | open_batch
  :: else ->
    unknown_batches = unknown_batches | taken_batch;
    if
    :: mistaken(ABANDONED_IS_REVOKED) -> revoked_batches = revoked_batches | open_batch
    :: else -> abandoned_batches = abandoned_batches | open_batch
    fi
  fi;
  closed = true;
  note_stop = !mistaken(STOP_NOT_NOTICED);
  lose_open()
}

/* A tombstone: its thread uses the entry of the key until the end, so that no row that another
 * orders is missed. The durable row comes first. */
inline bury() {
  choose_grave();
  users[grave] = users[grave] | (mistaken(KEY_NOT_USED) -> 0 : 1 << buries);
  rest[buries] = 0;
  if
  :: seen_row[grave] != NO_ROW -> res[me] = taken_by(seen_row[grave]); pc[me] = T_WAIT
  :: else -> pc[me] = T_ORDER
  fi
}

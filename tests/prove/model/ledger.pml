/* The ledger as the leader uses it. Callers declare byte i. */

#define SYNCED(k) durable_row[k] = written_row[k]
#define LOST(k) written_row[k] = durable_row[k]
#define SEEN(k) seen_row[k] = written_row[k]
#define BALANCE_SYNCED(a) durable_balance[a] = written_balance[a]
#define BALANCE_LOST(a) written_balance[a] = durable_balance[a]
#define BALANCE_SEEN(a) seen_balance[a] = written_balance[a]
#ifdef ONE_KEY
#define each_key(act) act(0)
#else
#define each_key(act) act(0); act(1)
#endif
#ifdef ONE_ACCOUNT
#define each_account(act) act(0)
#else
#define each_account(act) act(0); act(1)
#endif

/* COMMIT writes the log, then syncs it. Readers see the rows after the sync. */
inline sync() {
  each_key(SYNCED); each_account(BALANCE_SYNCED); durable_money = written_money; judge()
}
inline lose() { each_key(LOST); each_account(BALANCE_LOST); written_money = durable_money }
inline see() { each_key(SEEN); each_account(BALANCE_SEEN) }

/* The rows of one change. The row of a key is unique: a constraint that fails is a fault of the
 * server, since everything that can be refused is decided before the order. */
inline write_tombstone(k) {
  conflicted = conflicted || written_row[k] != NO_ROW;
  written_row[k] = (written_row[k] == NO_ROW -> TOMBSTONE : written_row[k])
}
inline write_money(r) {
  conflicted = conflicted || written_row[key_of(r)] != NO_ROW;
  unless_mistaken(KEY_NOT_STORED, written_row[key_of(r)] = MONEY);
  written_balance[account_of(r)] = read[r] | sending(r);
  written_money = written_money | sending(r)
}

/* One unit of work with everything in the batch that the leader has taken, in its order. */
inline write_batch() {
  for (i : 0 .. KEYS - 1) {
    if
    :: tombstone_in[i] == taken_batch -> write_tombstone(i)
    :: else
    fi
  }
  i = 1 - newest;
  if
  :: own[i] == taken_batch -> write_money(i)
  :: else
  fi;
  i = newest;
  if
  :: own[i] == taken_batch -> write_money(i)
  :: else
  fi;
  i = 0;
  judge()
}

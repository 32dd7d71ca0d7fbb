/* What must hold in every state. Each truth is named once, here; it is an assertion wherever
 * something is told, made durable or written, and a formula (properties.pml). With -DFORMULAS there
 * are no assertions: then it is the formula that finds out. */

#ifdef FORMULAS
#define must(name, holds) skip
#else
#define must(name, holds) assert(not_##name || (holds))
#endif
/* Never true, and not part of any state: what has failed is to say its name. */
hidden byte not_acknowledged_is_durable, not_nothing_means_never, not_final_is_durable;
hidden byte not_once_per_key, not_replay_is_identical, not_verdict_is_true, not_only_who_is_meant;
hidden byte not_committed_is_told, not_stage_is_true, not_told_once, not_struck_takes_none;
hidden byte not_concluded_was_cancelled, not_cleanup_in_order, not_cleanup_undisturbed;
hidden byte not_all_is_quiet_at_last;

#ifdef ONE_KEY
#define of_each_key(holds) holds(0)
#else
#define of_each_key(holds) (holds(0) && holds(1))
#endif
#define of_each_request(holds) (holds(0) && holds(1))
#if WORKERS == 1
#define of_each_worker(holds) holds(0)
#else
#define of_each_worker(holds) (holds(0) && holds(1))
#endif

#define money_of(k) (durable_money & sendings_of_key(k))
#define at_most_one(bits) ((bits) == 0 || ((bits) & ((bits) - 1)) == 0)

/* Who is told that the money has moved can rely on it: it is durable, and stays so. */
#define done_holds(k) (!(done_keys & (1 << (k))) || (durable_row[k] == MONEY && money_of(k) != 0))
#define acknowledged_is_true of_each_key(done_holds)

/* Who is told that nothing was changed can rely on it: nothing is stored, or ever will be. */
#define nothing_is_true ((told_nothing & (durable_money | written_money)) == 0)

/* A key that was made final has its tombstone, durable, before anybody is told. */
#define final_holds(k) \
  (!(final_keys & (1 << (k))) || (durable_row[k] == TOMBSTONE && money_of(k) == 0))
#define final_is_true of_each_key(final_holds)

/* A key guards its money: at most once, and never one without the other. */
#define once_holds(k) at_most_one(money_of(k))
#define row_holds(k) ((durable_row[k] == MONEY) == (money_of(k) != 0))
#define once_is_true (of_each_key(once_holds) && of_each_key(row_holds))

/* Who repeats a request whose key is settled is told that, whatever he could be told otherwise. */
#define is_settled(k) (((done_keys | final_keys) & (1 << (k))) != 0)

/* The verdicts agree with what the customers are told. */
#define verdicts_are_true \
  ((told_cancelled & told_done) == 0 && (told_late & told_stopped) == 0)

/* Nobody is cancelled whom nobody wanted cancelled. */
#define meant_is_true ((told_stopped & ~ordered) == 0)

/* Money that has moved was acknowledged, or will be; or its customer knows that he does not know;
 * or he was lost in a crash before he could be told. */
#define owed(r) (awaiting[r] * sending(r))
#define committed_is_true \
  ((durable_money & ~(told_done | told_unknown | lost | owed(0) | owed(1))) == 0)

/* The stage says what the ledger says. */
#define moved(r) ((durable_money | written_money) & sending(r))
#define stage_holds(r) \
  ((stage[r] != committed || (durable_money & sending(r))) && \
   (stage[r] == 0 || stage[r] == committing || stage[r] == committed || stage[r] == unknown || \
    !moved(r)))
#define stages_are_true of_each_request(stage_holds)

inline judge() {
  must(acknowledged_is_durable, acknowledged_is_true);
  must(nothing_means_never, nothing_is_true);
  must(final_is_durable, final_is_true);
  must(once_per_key, once_is_true);
  must(replay_is_identical, !told_otherwise);
  must(verdict_is_true, verdicts_are_true);
  must(only_who_is_meant, meant_is_true);
  must(committed_is_told, committed_is_true);
  must(stage_is_true, stages_are_true);
  must(told_once, !told_twice)
}

/* A worker with a pthread_cancel pending never takes a request: the cancel would hit that. */
#define takes_unharmed(w) (pc[w] != W_START || !pending[w])

/* Only what has been cancelled is concluded as cancelled. */
#define ends_cancelled(t) (pc[t] != E_CLEAN || stage[cur[t]] == cancelling)
#define endings_are_true \
  (of_each_worker(ends_cancelled) && ends_cancelled(RESERVE) && ends_cancelled(BOSS))

/* In the end nothing is left: no handle, no claim, no member of the queue, no note, no thread
 * that is not at rest; and nobody is owed anything. */
#define all_quiet (!awaiting[0] && !awaiting[1] && !asking_any)
#if CANCELLERS == 1
#define asking_any asking[0]
#else
#define asking_any (asking[0] || asking[1])
#endif
#define unclaimed(k) (claim[k] == 0)
#define nothing_noted(r) \
  (!in_table[r] && !waiting[r] && !note_end[r] && !note_deliver[r] && !job[r])
#define at_rest(w) (pc[w] == W_IDLE && !pending[w] && !owes[w])
#define nothing_left \
  (length == 0 && !closed && !draining && of_each_key(unclaimed) && \
   of_each_request(nothing_noted) && of_each_worker(at_rest) && \
   pc[RESERVE] == R_IDLE && pc[BOSS] == B_IDLE && !owes[RESERVE] && !owes[BOSS])
#define all_rest (up && sent[0] && sent[1] && all_quiet && nothing_left)

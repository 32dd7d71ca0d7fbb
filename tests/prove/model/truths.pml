/* The truths, which must hold in every state. Each is defined once, here. It is asserted wherever
 * an answer is given and wherever data is written or becomes durable, and it is a formula in
 * properties.pml. With -DFORMULAS there are no assertions, so that only the formula can fail. */

#ifdef FORMULAS
#define must(name, holds) skip
#elif defined(MISTAKES) && !defined(MISTAKE)
#define must(name, holds) assert(not_##name || (c_expr { !assertions } || (holds)))
#else
#define must(name, holds) assert(not_##name || (holds))
#endif
/* Always 0 and not part of the state: they show the name of the truth in a failed assertion. */
hidden byte not_acknowledged_is_durable, not_nothing_means_never, not_final_is_durable;
hidden byte not_once_per_key, not_replay_is_identical, not_verdict_is_true;
hidden byte not_only_targets_are_cancelled, not_committed_is_answered, not_stage_is_true;
hidden byte not_answered_once, not_pending_takes_none, not_concluded_was_cancelled;
hidden byte not_cleanup_in_order, not_cleanup_undisturbed, not_all_rests_at_last;
hidden byte not_balance_is_durable, not_refusal_is_durable, not_replay_is_durable;
hidden byte not_status_is_durable, not_balances_add_up, not_revoked_base_is_refused;
hidden byte not_stale_epoch_is_refused;
hidden byte not_revoked_is_forgotten, not_revoked_is_never_done, not_unknown_is_told;
hidden byte not_key_outlives_reply, not_durable_was_synced, not_entry_is_kept;
hidden byte not_decided_before_order;

#ifdef ONE_KEY
#define of_each_key(holds) holds(0)
#else
#define of_each_key(holds) (holds(0) && holds(1))
#endif
#ifdef ONE_ACCOUNT
#define of_each_account(holds) holds(0)
#else
#define of_each_account(holds) (holds(0) && holds(1))
#endif
#if REQUESTS == 2
#define of_each_request(holds) (holds(0) && holds(1))
#define of_any_request(holds) (holds(0) || holds(1))
#define each_request(act) act(0); act(1)
#else
#define of_each_request(holds) (holds(0) && holds(1) && holds(2))
#define of_any_request(holds) (holds(0) || holds(1) || holds(2))
#define each_request(act) act(0); act(1); act(2)
#endif
#if WORKERS == 1
#define of_each_worker(holds) holds(0)
#else
#define of_each_worker(holds) (holds(0) && holds(1))
#endif

#define money_of(k) (durable_money & sendings_of_key(k))
#define at_most_one(bits) ((bits) == 0 || ((bits) & ((bits) - 1)) == 0)

/* Money that was reported as moved is durable, and stays so. */
#define done_holds(k) (!(done_keys & (1 << (k))) || (durable_row[k] == MONEY && money_of(k) != 0))
#define acknowledged_is_true of_each_key(done_holds)

/* If "nothing was changed" was reported, nothing is stored or ever will be. */
#define nothing_is_true ((reported_nothing & (durable_money | written_money)) == 0)

/* A key that was reported as final has a durable tombstone. */
#define final_holds(k) \
  (!(final_keys & (1 << (k))) || (durable_row[k] == TOMBSTONE && money_of(k) == 0))
#define final_is_true of_each_key(final_holds)

/* A key moves its money at most once; the row and the money exist only together. */
#define once_holds(k) at_most_one(money_of(k))
#define row_holds(k) ((durable_row[k] == MONEY) == (money_of(k) != 0))
#define once_is_true (of_each_key(once_holds) && of_each_key(row_holds))

/* A repeat of a request whose key is settled receives that outcome, whatever else would apply. */
#define is_settled(k) (((done_keys | final_keys) & (1 << (k))) != 0)

/* The verdicts agree with the replies. */
#define verdicts_are_true \
  ((reported_cancelled & reported_done) == 0 && (reported_late & reported_stopped) == 0)

/* Only targets of a canceller are cancelled. */
#define targets_are_true ((reported_stopped & ~ordered) == 0)

/* Money that has moved was acknowledged or will be, or its reply was UNKNOWN, or its customer was
 * lost in a crash. */
#define owed(r) (awaiting[r] * sending(r))
#define committed_is_true \
  ((durable_money & ~(reported_done | reported_unknown | lost | owed(0) | owed(1))) == 0)

/* The stage agrees with the ledger. */
#define moved(r) ((durable_money | written_money) & sending(r))
#define stage_holds(r) \
  ((stage[r] != committed || (durable_money & sending(r))) && \
   (stage[r] == 0 || stage[r] == committing || stage[r] == committed || stage[r] == unknown || \
    !moved(r)))
#define stages_are_true of_each_request(stage_holds)

/* Each balance is the sum of the transfers: no change was computed from a balance that did not
 * become durable, or without one that did. */
#define sum_holds(a) (durable_balance[a] == (durable_money & sendings_of_account(a)))
#define sums_are_true of_each_account(sum_holds)

/* No change in the order builds on a revoked one. */
#define is_undecided(r) ((own[r] & (taken_batch | open_batch)) != 0)
#define builds_on_kept(r) (!is_undecided(r) || (read[r] & revoked_money) == 0)
#define bases_are_kept of_each_request(builds_on_kept)
/* Nor has it one that was read before the last revocation. */
#define is_of_this_epoch(r) (!is_undecided(r) || read_in[r] == epoch)
#define epochs_are_new of_each_request(is_of_this_epoch)
#define revoked_is_not_done ((reported_done & revoked_money) == 0)

/* The account table has the balance of every change that is not yet durable. */
#define entry_holds(r) (!is_undecided(r) || (balance[account_of(r)] & sending(r)))
#define entries_are_kept of_each_request(entry_holds)

/* A batch is durable only after its sync. */
#define all_durable_synced ((durable_batches & ~synced_batches) == 0)

inline judge() {
  must(acknowledged_is_durable, acknowledged_is_true);
  must(nothing_means_never, nothing_is_true);
  must(final_is_durable, final_is_true);
  must(once_per_key, once_is_true);
  must(verdict_is_true, verdicts_are_true);
  must(committed_is_answered, committed_is_true);
  must(stage_is_true, stages_are_true);
  must(balances_add_up, sums_are_true);
  must(entry_is_kept, entries_are_kept);
  must(decided_before_order, !conflicted)
}
/* The truths that an answer can make false. */
inline judge_answer() {
  must(acknowledged_is_durable, acknowledged_is_true);
  must(nothing_means_never, nothing_is_true);
  must(final_is_durable, final_is_true);
  must(verdict_is_true, verdicts_are_true);
  must(only_targets_are_cancelled, targets_are_true);
  must(committed_is_answered, committed_is_true);
  must(answered_once, !answered_twice);
  must(unknown_is_told, !guessed)
}

/* A worker with a pending pthread_cancel takes no request, which the cancel would hit. */
#define takes_without_pending(w) (pc[w] != W_START || !pending[w])

/* Only cancelled requests are concluded as cancelled. */
#define ends_cancelled(t) (pc[t] != E_CLEAN || stage[cur[t]] == cancelling)
#define endings_are_true \
  (of_each_worker(ends_cancelled) && ends_cancelled(RESERVE) && ends_cancelled(BOSS))

#define is_in_table(r) (in_table[r])

/* In the end nothing is left: no handle, claim, mutex, note, change in the order, entry of a table
 * or missing answer, and every thread rests. */
#define not_awaiting(r) (!awaiting[r])
#define all_answered (of_each_request(not_awaiting) && !asking_any)
#if CANCELLERS == 1
#define asking_any asking[0]
#else
#define asking_any (asking[0] || asking[1])
#endif
#define no_entry_of_key(k) (claim[k] == 0 && users[k] == 0 && key_row[k] == NO_ROW)
#define no_entry_of_account(a) (owner[a] == 0 && (changed_in[a] & ~revoked_batches) == 0)
#define nothing_noted(r) \
  (!in_table[r] && !waiting[r] && !note_end[r] && !note_deliver[r] && !job[r] && !sealed[r])
#define nothing_owed(r) (owes[r] == 0)
#define at_rest(w) (pc[w] == W_IDLE && !pending[w])
#define order_is_empty (leader == 0 && !has_changes)
#define nothing_left \
  (order_is_empty && !closed && !draining && of_each_key(no_entry_of_key) && \
   of_each_account(no_entry_of_account) && of_each_request(nothing_noted) && \
   of_each_request(nothing_owed) && of_each_worker(at_rest) && \
   pc[RESERVE] == R_IDLE && pc[BOSS] == B_IDLE)
#define is_sent(r) (sent[r])
#define all_rest (up && of_each_request(is_sent) && all_answered && nothing_left)

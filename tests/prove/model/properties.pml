/* The truths (truths.pml) as formulas, and the events that must happen eventually. */

ltl acknowledged_is_durable { [] acknowledged_is_true }
ltl nothing_means_never { [] nothing_is_true }
ltl final_is_durable { [] final_is_true }
ltl once_per_key { [] once_is_true }
ltl replay_is_identical { [] !answered_otherwise }
ltl verdict_is_true { [] verdicts_are_true }
ltl only_targets_are_cancelled { [] targets_are_true }
ltl committed_is_answered { [] committed_is_true }
ltl stage_is_true { [] stages_are_true }
ltl answered_once { [] !answered_twice }
ltl pending_takes_none { [] of_each_worker(takes_without_pending) }
ltl concluded_was_cancelled { [] endings_are_true }
ltl cleanup_in_order { [] !disordered }
ltl cleanup_undisturbed { [] !disturbed }
ltl balance_is_durable { [] !(early & EARLY_BALANCE) }
ltl refusal_is_durable { [] !(early & EARLY_REFUSAL) }
ltl replay_is_durable { [] !(early & EARLY_REPLAY) }
ltl status_is_durable { [] !(early & EARLY_STATUS) }
ltl balances_add_up { [] sums_are_true }
ltl revoked_base_is_refused { [] bases_are_kept }
ltl stale_epoch_is_refused { [] epochs_are_new }
ltl revoked_is_forgotten { [] !remembered }
ltl revoked_is_never_done { [] revoked_is_not_done }
ltl unknown_is_told { [] !guessed }
ltl key_outlives_reply { [] !released_early }
ltl durable_was_synced { [] all_durable_synced }
ltl entry_is_kept { [] entries_are_kept }
ltl decided_before_order { [] !conflicted }

/* Every request and every canceller is answered unless the machine stops first. A ledger whose
 * state is unknown is closed and opened again. In the end all threads rest and nothing is left. */
ltl first_is_answered { [] (awaiting[0] -> <> !awaiting[0]) }
ltl second_is_answered { [] (awaiting[1] -> <> !awaiting[1]) }
ltl cancellers_are_answered { [] (asking_any -> <> !asking_any) }
ltl requests_end { [] (of_any_request(is_in_table) -> <> !of_any_request(is_in_table)) }
ltl unknown_ends_in_a_restart { [] (closed -> <> !closed) }
ltl all_rests_at_last { <> [] all_rest }

/* Holds always: for a search that looks for failed assertions only. */
ltl nothing_is_claimed { [] (up || !up) }

/* The formulas about every state, in three searches; spin cannot parse them as one. */
ltl all_of_the_ledger {
  [] (acknowledged_is_true && nothing_is_true && final_is_true && once_is_true &&
      committed_is_true && stages_are_true)
}
ltl all_of_the_answers {
  [] (!answered_otherwise && verdicts_are_true && targets_are_true && !answered_twice &&
      of_each_worker(takes_without_pending) && endings_are_true && !disordered && !disturbed)
}

ltl all_of_the_pipeline {
  [] (!(early & EARLY_BALANCE) && !(early & EARLY_REFUSAL) && !(early & EARLY_REPLAY) &&
      !(early & EARLY_STATUS) && sums_are_true && bases_are_kept && epochs_are_new &&
      !remembered && revoked_is_not_done && !guessed && !released_early && all_durable_synced &&
      entries_are_kept && !conflicted)
}

#ifdef JUDGE
/* When no thread can make a step, nothing may be left behind. */
proctype Judge() {
end:
  timeout;
  d_step { judge(); must(all_rests_at_last, all_rest) }
}
#endif

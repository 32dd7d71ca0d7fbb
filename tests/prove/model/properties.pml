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

/* Every request and every canceller is answered unless the machine stops first. A ledger whose
 * state is unknown is closed and opened again. In the end all threads rest and nothing is left. */
ltl first_is_answered { [] (awaiting[0] -> <> !awaiting[0]) }
ltl second_is_answered { [] (awaiting[1] -> <> !awaiting[1]) }
ltl cancellers_are_answered { [] (asking_any -> <> !asking_any) }
ltl unknown_ends_in_a_restart { [] (closed -> <> !closed) }
ltl all_rests_at_last { <> [] all_rest }

/* The formulas about every state, in two searches; spin cannot parse them as one. */
ltl all_of_the_ledger {
  [] (acknowledged_is_true && nothing_is_true && final_is_true && once_is_true &&
      committed_is_true && stages_are_true)
}
ltl all_of_the_answers {
  [] (!answered_otherwise && verdicts_are_true && targets_are_true && !answered_twice &&
      of_each_worker(takes_without_pending) && endings_are_true && !disordered && !disturbed)
}

#ifdef JUDGE
/* When no thread can make a step, nothing may be left behind. */
proctype Judge() {
end:
  timeout;
  d_step { judge(); must(all_rests_at_last, all_rest) }
}
#endif

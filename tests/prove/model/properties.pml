/* The truths (truths.pml) as formulas, and what must happen some time. */

ltl acknowledged_is_durable { [] acknowledged_is_true }
ltl nothing_means_never { [] nothing_is_true }
ltl final_is_durable { [] final_is_true }
ltl once_per_key { [] once_is_true }
ltl replay_is_identical { [] !told_otherwise }
ltl verdict_is_true { [] verdicts_are_true }
ltl only_who_is_meant { [] meant_is_true }
ltl committed_is_told { [] committed_is_true }
ltl stage_is_true { [] stages_are_true }
ltl told_once { [] !told_twice }
ltl struck_takes_none { [] of_each_worker(takes_unharmed) }
ltl concluded_was_cancelled { [] endings_are_true }
ltl cleanup_in_order { [] !disordered }
ltl cleanup_undisturbed { [] !disturbed }

/* Under weak fairness: every request is answered, and every canceller told, unless the machine
 * stops first; a ledger that does not know its own state is closed and opened again; and at last
 * all is quiet, and nothing is left. */
ltl first_is_answered { [] (awaiting[0] -> <> !awaiting[0]) }
ltl second_is_answered { [] (awaiting[1] -> <> !awaiting[1]) }
ltl cancellers_are_told { [] (asking_any -> <> !asking_any) }
ltl unknown_ends_in_a_restart { [] (closed -> <> !closed) }
ltl all_is_quiet_at_last { <> [] all_rest }

/* All that is asked of every state, in two searches; spin cannot read it as one. */
ltl all_of_the_ledger {
  [] (acknowledged_is_true && nothing_is_true && final_is_true && once_is_true &&
      committed_is_true && stages_are_true)
}
ltl all_of_the_people {
  [] (!told_otherwise && verdicts_are_true && meant_is_true && !told_twice &&
      of_each_worker(takes_unharmed) && endings_are_true && !disordered && !disturbed)
}

#ifdef JUDGE
/* Where nothing can go on, nothing may be left behind. */
proctype Judge() {
end:
  timeout;
  d_step { judge(); must(all_is_quiet_at_last, all_rest) }
}
#endif

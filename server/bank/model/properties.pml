/* What must hold. Each is explored on its own; the assertions hold along the way. */

#define all_quiet (!awaiting[0] && !awaiting[1] && !asking_any)
#if CANCELLERS == 0
#define asking_any false
#elif CANCELLERS == 1
#define asking_any asking[0]
#else
#define asking_any (asking[0] || asking[1])
#endif

#define money_of(k) (durable_money & sendings_of_key(k))
#define at_most_one(bits) ((bits) == 0 || ((bits) & ((bits) - 1)) == 0)
#define done_holds(k) (!(done_keys & (1 << (k))) || (durable_row[k] == MONEY && money_of(k) != 0))
#define final_holds(k) \
  (!(final_keys & (1 << (k))) || (durable_row[k] == TOMBSTONE && money_of(k) == 0))
#ifdef ONE_KEY
#define of_each_key(holds) holds(0)
#else
#define of_each_key(holds) (holds(0) && holds(1))
#endif
#define once_holds(k) at_most_one(money_of(k))
#define row_holds(k) ((durable_row[k] == MONEY) == (money_of(k) != 0))

/* Who is told that the money has moved can rely on it: it is durable, and stays so. */
ltl acknowledged_is_durable { [] of_each_key(done_holds) }
/* Who is told that nothing was changed can rely on it: nothing is stored, or ever will be. */
ltl nothing_means_never { [] ((told_nothing & (durable_money | written_money)) == 0) }
/* A key that was made final has its tombstone, durable, before anybody is told. */
ltl final_is_durable { [] of_each_key(final_holds) }
/* A key guards its money: at most once, and never one without the other. */
ltl once_per_key { [] (of_each_key(once_holds) && of_each_key(row_holds)) }
/* The verdicts agree with what the customers are told. */
ltl verdict_is_true { [] ((told_cancelled & told_done) == 0 && (told_late & told_stopped) == 0) }
/* Nobody is cancelled whom nobody wanted cancelled. */
ltl only_who_is_meant { [] ((told_stopped & ~ordered) == 0) }

/* Under weak fairness: every request is answered, and every canceller told, unless the machine
 * stops first. */
ltl first_is_answered { [] (awaiting[0] -> <> !awaiting[0]) }
ltl second_is_answered { [] (awaiting[1] -> <> !awaiting[1]) }
ltl cancellers_are_told { [] (asking_any -> <> !asking_any) }
ltl all_is_quiet_at_last { <> [] all_quiet }

#ifdef JUDGE
/* Where nothing can go on, nothing may be left behind. */
#define keeps_key(r) (stage[r] == unknown)
proctype Judge() {
  byte n;
end:
  timeout;
  d_step {
    assert(up && all_quiet && sent[0] && sent[1]);
    assert(length == 0 && !in_table[0] && !in_table[1]);
    for (n : 0 .. KEYS - 1) { assert(claim[n] == 0 || keeps_key(claim[n] - 1)) }
    for (n : 0 .. WORKERS - 1) { assert(pc[n] == W_IDLE && !pending[n]) }
    assert(pc[RESERVE] == R_IDLE && pc[BOSS] == B_IDLE)
  }
}
#endif

/* The end of a cancelled request: on the worker that ran it, on the boss or on the reserve. */

/* The bottom entry of the cleanup stack of a cancelled request. */
:: d_step { pc[me] == E_CLEAN ->
     must(concluded_was_cancelled, ends_cancelled(me));
     disordered = disordered || owes[cur[me]] != FINISH;
     must(cleanup_in_order, !disordered);
     check_undisturbed();
     if
     :: final[cur[me]] && !is_reader(cur[me]) && !mistaken(TOMBSTONE_NOT_DURABLE) &&
        (has_key[cur[me]] || !mistaken(KEY_IN_USE_LEFT_ALONE)) -> bury()
     :: else -> rest[cur[me]] = 0; res[me] = STORED; pc[me] = E_ENTOMBED
     fi }

:: d_step { pc[me] == E_ENTOMBED ->
     if
     :: res[me] == STORED -> reply[cur[me]] = (final[cur[me]] -> CANCELLED : TIMED_OUT)
     :: res[me] == TAKEN_CANCELLED -> reply[cur[me]] = TAKEN_CANCELLED
     :: res[me] == TAKEN_DONE -> reply[cur[me]] = DONE
     :: else -> reply[cur[me]] = UNKNOWN
     fi;
     if
     :: res[me] == STORED -> res[me] = CANCELLED
     :: res[me] == TAKEN_CANCELLED -> res[me] = ALREADY
     :: res[me] == TAKEN_DONE -> res[me] = TOO_LATE
     :: else -> res[me] = UNKNOWN
     fi;
     pc[me] = E_END }

:: d_step { pc[me] == E_END ->
     later_verdict[cur[me]] = (res[me] == CANCELLED -> ALREADY : res[me]);
     stage[cur[me]] = cancelled;
     judge();
     pc[me] = E_REPLY }

:: d_step { pc[me] == E_REPLY -> deliver(cur[me]); pc[me] = E_RELEASE }

:: d_step { pc[me] == E_RELEASE ->
     if
     :: has_key[cur[me]] -> release_key(cur[me])
     :: else
     fi;
     pc[me] = E_WINNER }

:: d_step { pc[me] == E_WINNER ->
     if
     :: winner[cur[me]] != 0 -> call_back(winner[cur[me]], res[me])
     :: else
     fi;
     pc[me] = E_LATER }

:: d_step { pc[me] == E_LATER ->
     for (i : FIRST_CANCELLER .. THREADS - 1) {
       if
       :: later[cur[me]] & (1 << i) -> call_back(i, later_verdict[cur[me]])
       :: else
       fi
     }
     i = 0;
     pc[me] = E_REMOVE }

:: d_step { pc[me] == E_REMOVE ->
     in_table[cur[me]] = mistaken(HANDLE_LEFT);
     undo(cur[me], FINISH); pc[me] = E_GONE }

:: d_step { pc[me] == E_GONE ->
     by[cur[me]] = 0;
     res[me] = 0;
     if
     :: me == BOSS -> pc[me] = B_IDLE
     :: me == RESERVE -> pc[me] = R_IDLE
#ifdef POSIX
     :: me < WORKERS && !mistaken(WORKER_GOES_ON) -> pc[me] = E_DEAD
#endif
     :: else -> pc[me] = W_IDLE
     fi;
     cur[me] = 0 }

/* The end of a request that no cancel has won: on its worker, or on the leader if the reply was
 * sealed before what it rests on was decided. */

:: d_step { pc[me] == F_END ->
     choose_whose();
     if
     :: is_undone(whose) -> reply[whose] = STORE_FAILED
     :: is_in_doubt(whose) ->
       reply[whose] = (mistaken(UNKNOWN_IS_REVOKED) && own[whose] == 0 -> STORE_FAILED : UNKNOWN)
     :: else
     fi;
     by_mistake(OUTCOME_NOT_REPLIED, reply[whose] = 0);
     if
     :: stage[whose] == committing && is_undone(whose) -> stage[whose] = answered
     :: stage[whose] == committing && is_in_doubt(whose) -> stage[whose] = unknown
     :: stage[whose] == committing && !is_undone(whose) && !is_in_doubt(whose) ->
       stage[whose] = committed
     :: else
     fi;
     by_mistake(KEY_RELEASED_FIRST, release_key(whose));
     judge();
     pc[me] = F_REPLY }

:: d_step { pc[me] == F_REPLY ->
     choose_whose();
     deliver(whose); undo(whose, BUFFER); pc[me] = F_RELEASE }

/* The key of an unknown outcome stays claimed. */
:: d_step { pc[me] == F_RELEASE ->
     choose_whose();
     if
     :: stage[whose] != unknown && has_key[whose] -> release_key(whose)
     :: else
     fi;
     pc[me] = F_REMOVE }

:: d_step { pc[me] == F_REMOVE ->
     choose_whose();
     in_table[whose] = mistaken(HANDLE_LEFT);
     undo(whose, FINISH);
     if
     :: ends[me] != 0 -> ends[me] = 0; pc[me] = L_FINISH
     :: else -> cur[me] = 0; pc[me] = W_IDLE
     fi }

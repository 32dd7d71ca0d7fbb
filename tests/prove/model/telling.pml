/* What people are told, and what follows from it. */

/* The reply reaches the customer. */
inline deliver(r) {
  told_twice = told_twice || !awaiting[r];
  awaiting[r] = false;
  told_otherwise = told_otherwise ||
    (repeats[r] && (reply[r] == REFUSED || reply[r] == STORE_FAILED));
  if
  :: reply[r] == DONE ->
    told_done = told_done | sending(r);
    done_keys = done_keys | (1 << key_of(r))
  :: reply[r] == REFUSED || reply[r] == STORE_FAILED || reply[r] == TAKEN_CANCELLED ->
    told_nothing = told_nothing | sending(r)
  :: reply[r] == CANCELLED || reply[r] == TIMED_OUT ->
    told_nothing = told_nothing | sending(r);
    told_stopped = told_stopped | sending(r)
  :: reply[r] == UNKNOWN -> told_unknown = told_unknown | sending(r)
  :: else
  fi;
  if
  :: reply[r] == TAKEN_CANCELLED || (reply[r] == CANCELLED && final[r]) ->
    final_keys = final_keys | (1 << key_of(r))
  :: else
  fi;
  judge()
}

/* The verdict reaches the canceller, thread t. */
inline give(t, word) {
  told_twice = told_twice || !asking[t - FIRST_CANCELLER] || verdict[t - FIRST_CANCELLER] != 0;
  asking[t - FIRST_CANCELLER] = false;
  verdict[t - FIRST_CANCELLER] = word;
  if
  :: word == CANCELLED || word == ALREADY ->
    told_cancelled = told_cancelled | target[t - FIRST_CANCELLER];
    told_nothing = told_nothing | target[t - FIRST_CANCELLER];
    if
    :: kind_of(t) == BY_KEY || (kind_of(t) == BY_HANDLE && word == CANCELLED) ->
      final_keys = final_keys | (1 << key_of(0))
    :: else
    fi
  :: word == TOO_LATE -> told_late = told_late | target[t - FIRST_CANCELLER]
  :: else
  fi;
  judge()
}

/* The request's verdict, given to what the canceller left behind: CANCEL by key passes it on only
 * once it knows that it is the answer. */
inline call_back(t, word) {
  if
  :: verdict[t - FIRST_CANCELLER] == 0 &&
     (kind_of(t) != BY_KEY || own[t - FIRST_CANCELLER]) -> give(t, word)
#ifdef MISTAKE_VERDICT_BEFORE_SWAP
  :: verdict[t - FIRST_CANCELLER] != 0
#endif
  :: else -> got[t - FIRST_CANCELLER] = word
  fi
}

/* The answers that people receive, and their meaning. */

/* The customer receives the reply. */
inline deliver(r) {
  answered_twice = answered_twice || !awaiting[r];
  awaiting[r] = false;
  answered_otherwise = answered_otherwise ||
    (repeats[r] && (reply[r] == REFUSED || reply[r] == STORE_FAILED));
  if
  :: reply[r] == DONE ->
    reported_done = reported_done | sending(r);
    done_keys = done_keys | (1 << key_of(r))
  :: reply[r] == REFUSED || reply[r] == STORE_FAILED || reply[r] == TAKEN_CANCELLED ->
    reported_nothing = reported_nothing | sending(r)
  :: reply[r] == CANCELLED || reply[r] == TIMED_OUT ->
    reported_nothing = reported_nothing | sending(r);
    reported_stopped = reported_stopped | sending(r)
  :: reply[r] == UNKNOWN -> reported_unknown = reported_unknown | sending(r)
  :: else
  fi;
  if
  :: reply[r] == TAKEN_CANCELLED || (reply[r] == CANCELLED && final[r]) ->
    final_keys = final_keys | (1 << key_of(r))
  :: else
  fi;
  judge()
}

/* The canceller, thread t, receives the verdict. */
inline give(t, word) {
  answered_twice = answered_twice || !asking[t - FIRST_CANCELLER] ||
    verdict[t - FIRST_CANCELLER] != 0;
  asking[t - FIRST_CANCELLER] = false;
  verdict[t - FIRST_CANCELLER] = word;
  if
  :: word == CANCELLED || word == ALREADY ->
    reported_cancelled = reported_cancelled | target[t - FIRST_CANCELLER];
    reported_nothing = reported_nothing | target[t - FIRST_CANCELLER];
    if
    :: kind_of(t) == BY_KEY || (kind_of(t) == BY_HANDLE && word == CANCELLED) ->
      final_keys = final_keys | (1 << key_of(0))
    :: else
    fi
  :: word == TOO_LATE -> reported_late = reported_late | target[t - FIRST_CANCELLER]
  :: else
  fi;
  judge()
}

/* The request calls the canceller back with the verdict. CANCEL by key passes the verdict on only
 * once it knows that this is the answer. */
inline call_back(t, word) {
  if
  :: verdict[t - FIRST_CANCELLER] == 0 &&
     (kind_of(t) != BY_KEY || is_answer[t - FIRST_CANCELLER]) -> give(t, word)
#ifdef MISTAKE_VERDICT_BEFORE_SWAP
  :: verdict[t - FIRST_CANCELLER] != 0
#endif
  :: else -> got[t - FIRST_CANCELLER] = word
  fi
}

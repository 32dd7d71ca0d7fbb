/* The answers that people receive, and their meaning. */

#define DONE_NOW(k) (durable_row[k] == MONEY)
#define FINAL_NOW(k) (durable_row[k] == TOMBSTONE)

/* Notes an answer that rests on what is not durable. */
inline check_early(holds, what) {
  if
  :: !(holds) -> early = early | what
  :: else
  fi
}

/* The customer receives the reply. */
inline deliver(r) {
  answered_twice = answered_twice || !awaiting[r];
  awaiting[r] = false;
  answered_otherwise = answered_otherwise ||
    (repeats[r] && (reply[r] == REFUSED || reply[r] == STORE_FAILED));
  guessed = guessed || (is_in_doubt(r) && reply[r] != UNKNOWN);
  if
  :: reply[r] == DONE ->
    reported_done = reported_done | sending(r);
    done_keys = done_keys | (1 << key_of(r));
    if
    :: own[r] == 0 -> check_early(DONE_NOW(key_of(r)), EARLY_REPLAY)
    :: else
    fi
  :: reply[r] == BALANCE -> check_early((read[r] & ~durable_money) == 0, EARLY_BALANCE)
  :: reply[r] == REFUSED || reply[r] == STORE_FAILED || reply[r] == TAKEN_CANCELLED ->
    reported_nothing = reported_nothing | sending(r);
    if
    :: reply[r] == REFUSED -> check_early((read[r] & ~durable_money) == 0, EARLY_REFUSAL)
    :: reply[r] == TAKEN_CANCELLED -> check_early(FINAL_NOW(key_of(r)), EARLY_REPLAY)
    :: else
    fi
  :: reply[r] == CANCELLED || reply[r] == TIMED_OUT ->
    reported_nothing = reported_nothing | sending(r);
    reported_stopped = reported_stopped | sending(r)
  :: reply[r] == UNKNOWN -> reported_unknown = reported_unknown | sending(r)
  :: else
  fi;
  must(balance_is_durable, !(early & EARLY_BALANCE));
  must(refusal_is_durable, !(early & EARLY_REFUSAL));
  must(replay_is_durable, !(early & EARLY_REPLAY));
  must(replay_is_identical, !answered_otherwise);
  must(revoked_is_never_done, revoked_is_not_done);
  if
  :: reply[r] == TAKEN_CANCELLED || (reply[r] == CANCELLED && final[r]) ->
    final_keys = final_keys | (1 << key_of(r))
  :: else
  fi;
  judge_answer()
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
  judge_answer()
}

/* The sender of STATUS, thread t, receives the outcome of the key. */
inline tell(t, word) {
  asking[t - FIRST_CANCELLER] = false;
  verdict[t - FIRST_CANCELLER] = word;
  if
  :: word == TAKEN_DONE ->
    check_early(DONE_NOW(key_of(0)), EARLY_STATUS); done_keys = done_keys | (1 << key_of(0))
  :: word == TAKEN_CANCELLED ->
    check_early(FINAL_NOW(key_of(0)), EARLY_STATUS); final_keys = final_keys | (1 << key_of(0))
  :: else
  fi;
  must(status_is_durable, !(early & EARLY_STATUS));
  judge_answer()
}

/* The request calls the canceller back with the verdict. CANCEL by key passes the verdict on only
 * once it knows that this is the answer. */
inline call_back(t, word) {
  if
  :: verdict[t - FIRST_CANCELLER] == 0 &&
     (kind_of(t) != BY_KEY || is_answer[t - FIRST_CANCELLER]) -> give(t, word)
#ifdef MISTAKES
  :: mistaken(VERDICT_BEFORE_SWAP) && verdict[t - FIRST_CANCELLER] != 0
#endif
  :: else -> got[t - FIRST_CANCELLER] = word
  fi
}

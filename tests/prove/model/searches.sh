# shellcheck shell=bash disable=SC2034,SC2154
# The configurations and mistakes that tests/prove/model/run searches; it reads this file.

# Two requests, two workers and one canceller, unless defined otherwise.
three="-DREQUESTS=3 -DONE_ACCOUNT -DREADER -DFAULTS=1"
safety=(
  "-DONE_ACCOUNT -DFAULTS=1"
  "-DONE_ACCOUNT -DREADER -DFAULTS=1 -DKIND0=STATUS"
  "$three -DKIND0=NOBODY"
  "-DONE_KEY -DKIND0=BY_KEY -DFAULTS=1 -DWORKERS=1"
  "-DCANCELLERS=2 -DPOSIX"
  "-DONE_KEY -DKIND0=BY_KEY -DCRASHES=1 -DTRIES=2 -DWORKERS=1"
  "-DKIND0=NOBODY -DFAULTS=1 -DCRASHES=1 -DTRIES=2 -DWORKERS=1"
)
singly="-DONE_KEY -DWORKERS=1"
always=(
  "-DONE_ACCOUNT -DREADER -DKIND0=BY_KEY -DFAULTS=1 -DWORKERS=1"
  "-DONE_KEY -DKIND0=BY_KEY -DCRASHES=1 -DWORKERS=1"
)
at_last=(
  "-DONE_KEY -DKIND0=BY_KEY -DWORKERS=1"
  "-DFAULTS=1 -DPOSIX -DWORKERS=1"
)
if $full; then
  safety+=(
    "-DONE_ACCOUNT -DREADER -DFAULTS=1 -DKIND0=BY_KEY"
    "$three -DKIND0=STATUS"
    "-DONE_KEY -DKIND0=BY_KEY -DFAULTS=1"
    "-DONE_KEY -DCANCELLERS=2 -DKIND0=BY_KEY -DPOSIX"
    "-DONE_KEY -DCANCELLERS=2 -DKIND0=BY_KEY -DFAULTS=1 -DWORKERS=1"
    "-DCANCELLERS=2 -DKIND0=BY_KEY -DKIND1=BY_HANDLE -DFAULTS=1"
    "-DONE_KEY -DKIND0=BY_KEY -DFAULTS=1 -DCRASHES=1 -DTRIES=2 -DWORKERS=1"
    "-DFAULTS=1 -DCRASHES=1 -DTRIES=2 -DPOSIX -DWORKERS=1"
    "-DONE_ACCOUNT -DFAULTS=2 -DPOSIX"
  )
  always+=(
    "-DONE_ACCOUNT -DREADER -DFAULTS=1 -DKIND0=BY_KEY"
    "-DONE_KEY -DKIND0=BY_KEY -DFAULTS=1"
    "-DONE_KEY -DFAULTS=1 -DCRASHES=1 -DTRIES=2 -DWORKERS=1"
  )
  at_last+=(
    "-DONE_ACCOUNT -DFAULTS=1"
    "-DONE_KEY -DKIND0=BY_KEY -DFAULTS=1"
    "-DONE_KEY -DKIND0=BY_KEY -DCRASHES=1 -DWORKERS=1"
    "-DCANCELLERS=2 -DPOSIX"
  )
fi

# mistake | configuration | formula that finds it without assertions | assertion that finds it
# without formulas, if its name differs. Few configurations, since each has verifiers of its own.
keyed="-DONE_KEY -DFAULTS=1 -DWORKERS=1"
buried="-DKIND0=BY_KEY -DFAULTS=1 -DWORKERS=1"
crashed="-DTRIES=2 -DFAULTS=1 -DCRASHES=1"
lone="-DPOSIX -DWORKERS=1"
shared="-DONE_ACCOUNT -DFAULTS=1"
asked="-DONE_ACCOUNT -DREADER -DFAULTS=1 -DKIND0=STATUS"
mistakes=(
  "VERDICT_BEFORE_SWAP||verdict_is_true|final_is_durable"
  "LOOKED_THEN_SET||cancellers_are_answered|all_rests_at_last"
  "LATE_CANCEL_HITS_NEXT|$lone|only_targets_are_cancelled|"
  "CANCELLED_AFTER_COMMIT||stage_is_true|"
  "STARTED_UNSEEN||concluded_was_cancelled|answered_once"
  "CAUGHT_AS_ERROR||answered_once|"
  "TOMBSTONE_NOT_DURABLE||final_is_durable|"
  "KEY_IN_USE_LEFT_ALONE|$keyed|final_is_durable|"
  "KEY_NOT_STORED||once_per_key|"
  "REFUSED_BEFORE_ROW|$keyed|replay_is_identical|"
  "ACK_BEFORE_SYNC||acknowledged_is_durable|durable_was_synced"
  "LOST_UNIT_COMMITTED|$buried|acknowledged_is_durable|durable_was_synced"
  "OUTCOME_NOT_REPLIED||committed_is_answered|"
  "UNKNOWN_IS_FAILED|$crashed|nothing_means_never|stage_is_true"
  "STOP_NOT_NOTICED|$shared|unknown_ends_in_a_restart|all_rests_at_last"
  "SERVED_BEFORE_CHECKPOINT|$crashed|acknowledged_is_durable|replay_is_durable"
  "NOT_REWRITTEN|$crashed|acknowledged_is_durable|replay_is_durable"
  "NEXT_LEADER_NOT_CALLED|$buried|second_is_answered|all_rests_at_last"
  "QUEUED_CANCEL_FORGOTTEN||first_is_answered|all_rests_at_last"
  "HANDLE_LEFT||all_rests_at_last|"
  "WORKER_GOES_ON|$lone|pending_takes_none|"
  "CLEANUP_IN_WRONG_ORDER||cleanup_in_order|"
  "UNLOCK_MISSING_ON_CANCEL||cleanup_in_order|"
  "ENABLED_IN_CLEANUP|$lone|cleanup_undisturbed|"
  "KEY_NOT_USED|$buried|decided_before_order|"
  "DECIDED_BEFORE_SYNC||durable_was_synced|"
  "BALANCE_AT_ONCE|$asked|balance_is_durable|"
  "REFUSAL_AT_ONCE|$shared|refusal_is_durable|"
  "REPLAY_AT_ONCE|$keyed|replay_is_durable|"
  "STATUS_AT_ONCE|$asked|status_is_durable|"
  "TOMBSTONE_AT_ONCE|$buried|final_is_durable|"
  "DEPENDENT_SURVIVES|$shared|balances_add_up|revoked_base_is_refused"
  "REVOKED_BASE_ORDERED|$shared|revoked_base_is_refused|"
  "PASSED_IS_DURABLE|$shared|revoked_is_never_done|stage_is_true"
  "REVOKED_BALANCE_KEPT|$shared|revoked_is_forgotten|"
  "REVOKED_KEY_KEPT|$keyed|revoked_is_forgotten|"
  "UNKNOWN_IS_REVOKED|$asked|unknown_is_told|"
  "KEY_RELEASED_FIRST||key_outlives_reply|"
  "ENTRY_DROPPED||entry_is_kept|"
  "LOOKED_THEN_PARKED||requests_end|all_rests_at_last"
  "ABANDONED_IS_REVOKED|$three -DKIND0=NOBODY|unknown_is_told|"
  "STALE_EPOCH_ORDERED|$shared|stale_epoch_is_refused|"
)

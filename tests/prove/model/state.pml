/* The state: the memory of the server, the disk, and the answers that people have received. */

/* The stage of a request (server/cancel/stage.hpp). */
mtype = { queued, running, committing, committed, unknown, answered, cancelling, cancelled };

/* The position of a thread. */
mtype = {
  W_IDLE, W_START, W_CHECK, W_LOCK, W_SWAP, W_SET, W_ORDER, W_UNLOCK, W_ANSWER, W_SEAL, W_PARK,
  W_DIE, U_UNWIND,
  F_END, F_REPLY, F_RELEASE, F_REMOVE,
  E_CLEAN, E_ENTOMBED, E_END, E_REPLY, E_RELEASE, E_WINNER, E_LATER, E_REMOVE, E_GONE, E_DEAD,
  B_IDLE, B_INSERT, B_QUEUE, B_STOP, B_NOTE, R_IDLE,
  K_IDLE, K_SWAP, K_NOTE_END, K_NOTE_DELIVER, K_ORDER, K_OWN, K_ENTOMBED, K_DONE,
  T_ORDER, T_WAIT, L_WRITE, L_SYNC, L_DECIDE, L_FINISH
};

/* Verdicts (CANCELLED ... INVALID), replies (DONE ... IN_PROGRESS, TIMED_OUT), and results of a
 * tombstone (STORED ... TAKEN_CANCELLED). CANCELLED and UNKNOWN are replies, too; UNKNOWN is a
 * result, too. */
mtype = {
  NONE, CANCELLED, ALREADY, TOO_LATE, INVALID, UNKNOWN,
  DONE, BALANCE, REFUSED, STORE_FAILED, IN_PROGRESS, TIMED_OUT,
  STORED, TAKEN_DONE, TAKEN_CANCELLED
};

/* The row of a key; the kinds of cancellers. */
#define NO_ROW 0
mtype = { MONEY, TOMBSTONE };
mtype = { BY_HANDLE, BY_KEY, DEADLINE, STATUS, NOBODY };

#ifdef READER
#define is_reader(r) ((r) == REQUESTS - 1)
#else
#define is_reader(r) false
#endif
#ifdef ONE_KEY
#define KEYS 1
#define key_of(r) 0
#else
#define KEYS 2
#define key_of(r) ((r) % 2)
#endif
#ifdef ONE_ACCOUNT
#define ACCOUNTS 1
#define account_of(r) 0
#define may_be_refused(r) ((r) == 1)
#else
#define ACCOUNTS 2
#define account_of(r) (r)
#define may_be_refused(r) ((r) == 0)
#endif

/* Each sending of a request is a bit; a retry after a crash is another sending. */
#define sending(r) (1 << ((r) * TRIES + tries[r]))
#define sendings_of(r) (((1 << TRIES) - 1) << ((r) * TRIES))
#ifdef ONE_KEY
#define sendings_of_key(k) 255
#else
#define sendings_of_key(k) sendings_of(k)
#endif
#ifdef ONE_ACCOUNT
#define sendings_of_account(a) 255
#else
#define sendings_of_account(a) sendings_of(a)
#endif
#define kind_of(t) ((t) == FIRST_CANCELLER -> KIND0 : KIND1)

/* Each request rests on batches, and so does the tombstone of each canceller. */
#define RESTING (REQUESTS + CANCELLERS)
#define resting_of(t) ((t) < FIRST_CANCELLER -> cur[t] : REQUESTS + (t) - FIRST_CANCELLER)

/* -- The memory of the server, which a crash erases -- */

mtype pc[THREADS];
byte cur[THREADS];     /* the request of a thread */
byte due[THREADS];     /* the requests that it ends next, as bits */
byte ends[THREADS];    /* the request of another that it ends, plus 1 */
mtype res[THREADS];    /* the result of its tombstone; then the verdict for the winner */

mtype stage[REQUESTS];
mtype reply[REQUESTS]; /* the reply to be sent */
bool in_table[REQUESTS];
bool waiting[REQUESTS]; /* for a worker */
bool has_key[REQUESTS];
bool final[REQUESTS];   /* the cancel that won makes the key final */
byte winner[REQUESTS];  /* the canceller that won */
byte later[REQUESTS];   /* further cancellers, as bits */
mtype later_verdict[REQUESTS]; /* the verdict for further cancellers */
byte by[REQUESTS];      /* its worker, plus 1 */
byte owes[REQUESTS];    /* its cleanup stack, as bits: entries not yet undone */
byte read[REQUESTS];    /* the balance that it read: the sendings in it, as bits */
byte read_in[REQUESTS]; /* the epoch in which it read that */
byte own[REQUESTS];     /* the batch of its change, as a bit */
bool sealed[REQUESTS];  /* its reply is ready and waits for what it rests on */

byte rest[RESTING];     /* the batches of what was read or ordered, as bits */

/* The key table, and the account table. */
byte claim[KEYS];       /* the request that has the key, plus 1 */
byte users[KEYS];       /* who uses the entry without a claim, as bits */
mtype key_row[KEYS];    /* from its order on, while the key is claimed or used */
byte key_batch[KEYS];   /* the batch of that row */
byte owner[ACCOUNTS];   /* of the mutex: a request, plus 1 */
byte balance[ACCOUNTS]; /* the sendings in it, as bits; 0 if the entry is not needed */
byte changed_in[ACCOUNTS]; /* the batch of the row's last change; 0 if it is durable */

/* The commit order. A batch is a bit, and bits are not used again: a batch below the open one is
 * durable unless the leader has taken it, or it is revoked, unknown or abandoned. */
byte open_batch = 1, taken_batch, revoked_batches, unknown_batches, abandoned_batches;
byte epoch;             /* the number of revocations */
bool has_changes;       /* the open batch */
byte newest;            /* the request that has ordered its change last */
byte tombstone_in[KEYS]; /* the batch of the key's tombstone */
byte leader;            /* a thread, plus 1 */
bool closed;
bool left_alone;        /* only by mistake: the leader has left work and woken no other */

bool note_end[REQUESTS];     /* notes for the boss */
bool note_deliver[REQUESTS];
bool job[REQUESTS];          /* for the reserve */
bool note_stop, draining;    /* a COMMIT has failed: the boss ends the server */
bool pending[WORKERS];       /* a pthread_cancel */
bool in_window[WORKERS];     /* the pthread_cancel may act */

mtype got[CANCELLERS];       /* a verdict that may not be the answer */
bool is_answer[CANCELLERS];  /* that verdict is the answer */

/* -- The ledger: visible to readers, written, synced -- */

mtype seen_row[KEYS];
mtype written_row[KEYS];
mtype durable_row[KEYS];
byte seen_balance[ACCOUNTS], written_balance[ACCOUNTS], durable_balance[ACCOUNTS];
byte written_money, durable_money; /* the sendings whose money has moved, as bits */
byte synced_batches; /* in this run of the server */
byte revoked_money; /* the sendings whose change was revoked */

/* -- The world outside -- */

bool up = true;
bool answered_twice;     /* a customer or canceller, or one that waited for nothing */
bool answered_otherwise; /* a repeat, with another reply than the first */
bool disordered;     /* a cleanup entry ran twice, never, or not as the topmost */
bool disturbed;      /* a cleanup entry ran with cancellation enabled */
bool conflicted;     /* a batch had a change for a key that has a row */
bool released_early; /* a key, before the reply */
bool guessed;        /* an answer rested on an unknown outcome, and was another than UNKNOWN */
bool remembered;     /* a row of a revoked batch was used after its revocation */
byte early;          /* answers that were not durable, as bits */
#define EARLY_BALANCE 1
#define EARLY_REFUSAL 2
#define EARLY_REPLAY 4
#define EARLY_STATUS 8
bool stale; /* a sync has failed: pages may be lost that count as written */
bool may_be_lost; /* what is not synced, since the machine may have lost its power */
byte crashes;
byte faults;
byte tries[REQUESTS];
bool sent[REQUESTS];
bool awaiting[REQUESTS];
bool repeats[REQUESTS]; /* its key was settled when it was sent */
bool asking[CANCELLERS];
mtype verdict[CANCELLERS];
byte target[CANCELLERS]; /* its target, as a bit; 0 if the target is a key */

/* Reported outcomes, as bits: of sendings and of keys. */
byte reported_done;      /* by replies: the money has moved */
byte reported_nothing;   /* by replies and verdicts: this sending moves no money, ever */
byte reported_unknown;   /* by replies */
byte lost;           /* the customer was lost in a crash */
byte reported_stopped;   /* by replies: cancelled, or past its deadline */
byte reported_cancelled; /* by verdicts */
byte reported_late;      /* by verdicts */
byte ordered;        /* sendings that a canceller targeted */
byte done_keys;      /* reported: the money of the key has moved */
byte final_keys;     /* reported: it never will */

/* All there is to remember: the server's memory, the disk, and what people have been told. */

/* The stage of a request (server/cancel/stage.hpp). */
mtype = { queued, running, committing, committed, unknown, answered, cancelling, cancelled };

/* Where a thread stands. */
mtype = {
  W_IDLE, W_START, W_CHECK, W_SWAP, W_SET, W_ANSWER, W_DIE, W_STORED, W_RELEASE, W_REPLY,
  U_UNWIND,
  E_CLEAN, E_BURIED, E_END, E_RELEASE, E_REPLY, E_WINNER, E_LATER, E_REMOVE, E_GONE, E_DEAD,
  B_IDLE, B_INSERT, B_QUEUE, B_STOP, B_NOTE, R_IDLE,
  K_IDLE, K_SWAP, K_NOTE_END, K_NOTE_DELIVER, K_ORDER, K_OWN, K_BURIED, K_DONE,
  Q_PUSH, Q_WAIT, L_TAKE, L_BEGIN, L_EACH, L_COMMIT, L_SYNC, L_WAKE, L_POP
};

/* Verdicts (CANCELLED ... INVALID), replies (DONE ... IN_PROGRESS, TIMED_OUT), and what a commit
 * ends in (STORED ... UNKNOWN). CANCELLED and UNKNOWN are replies, too. */
mtype = {
  NONE, CANCELLED, ALREADY, TOO_LATE, INVALID, UNKNOWN,
  DONE, REFUSED, STORE_FAILED, IN_PROGRESS, TIMED_OUT,
  STORED, TAKEN_DONE, TAKEN_CANCELLED, FAILED
};

/* The row of a key, and who cancels how. */
mtype = { NO_ROW, MONEY, TOMBSTONE };
mtype = { BY_HANDLE, BY_KEY, DEADLINE };

#ifdef ONE_KEY
#define KEYS 1
#define key_of(r) 0
#else
#define KEYS REQUESTS
#define key_of(r) (r)
#endif

/* A sending of a request is a bit: its retries after a crash are other sendings. */
#define sending(r) (1 << ((r) * TRIES + tries[r]))
#ifdef ONE_KEY
#define sendings_of_key(k) 255
#else
#define sendings_of_key(k) (((1 << TRIES) - 1) << ((k) * TRIES))
#endif
#define kind_of(t) ((t) == FIRST_CANCELLER -> KIND0 : KIND1)

/* -- The server's memory: gone with a crash -- */

mtype pc[THREADS];
byte cur[THREADS];     /* the request a thread has in hand */
mtype res[THREADS];    /* what its commit ended in; then what the winner is told */
bool burying[THREADS]; /* its commit is a tombstone, not money */

mtype stage[REQUESTS];
mtype reply[REQUESTS]; /* that is to be sent */
bool in_table[REQUESTS];
bool waiting[REQUESTS]; /* for a worker */
bool has_key[REQUESTS];
bool final[REQUESTS];   /* the order that won is */
byte winner[REQUESTS];  /* the thread that cancels */
byte later[REQUESTS];   /* cancellers, as bits */
mtype told[REQUESTS];   /* what a later canceller is told */
byte by[REQUESTS];      /* the worker that runs it, plus 1 */
byte claim[KEYS];       /* the request that has the key, plus 1 */

bool note_end[REQUESTS];     /* notes for the boss */
bool note_deliver[REQUESTS];
bool job[REQUESTS];          /* for the reserve */
bool note_stop, draining;    /* a COMMIT has failed: the boss ends the server */
bool pending[WORKERS];       /* a pthread_cancel */
bool in_window[WORKERS];       /* it may strike */
byte owes[FIRST_CANCELLER];  /* the cleanup stack of a thread, as bits: what is not yet undone */

mtype got[CANCELLERS]; /* a verdict that may not be the answer */
bool own[CANCELLERS];  /* it is */

byte queue[THREADS]; /* of those who commit; the first one leads */
byte length;
byte called;         /* threads whose condition was notified, as bits */
byte done;           /* threads whose batch is over, as bits */
byte batch, low, high, at;
bool single, anything, closed;

/* -- The ledger: in the unit of work, seen by readers, written, synced -- */

mtype unit_row[KEYS];
mtype seen_row[KEYS];
mtype written_row[KEYS];
mtype durable_row[KEYS];
byte unit_money, written_money, durable_money; /* the sendings whose money has moved, as bits */

/* -- The world outside -- */

bool up = true;
bool told_twice;     /* somebody, or whom nobody owed anything */
bool told_otherwise; /* a replay, than the first */
bool disordered;     /* an entry of the cleanup stack ran twice, never, or not as the topmost */
bool disturbed;      /* it ran with cancellation enabled */
bool stale; /* a sync has failed: the pages count as written, and perhaps are not */
byte crashes;
byte faults;
byte tries[REQUESTS];
bool sent[REQUESTS];
bool awaiting[REQUESTS];
bool repeats[REQUESTS]; /* somebody had been told what became of its key when it was sent */
bool asking[CANCELLERS];
mtype verdict[CANCELLERS];
byte target[CANCELLERS]; /* the sending it is about, as a bit; 0 if only the key is meant */

/* What was told, as bits: of sendings, and of keys. */
byte told_done;      /* replies: the money has moved */
byte told_nothing;   /* replies and verdicts: by this sending none has moved or ever will */
byte told_unknown;   /* replies */
byte lost;           /* nobody was left to be told */
byte told_stopped;   /* replies: cancelled, or out of time */
byte told_cancelled; /* verdicts */
byte told_late;      /* verdicts */
byte ordered;        /* sendings somebody wanted cancelled */
byte done_keys;      /* told that the key's money has moved */
byte final_keys;     /* told that it never will */

/* A process that begins, or is gone. The caller has a byte n. */
inline forget() {
  for (n : 0 .. THREADS - 1) {
    if
    :: n < WORKERS -> pc[n] = W_IDLE
    :: n == RESERVE -> pc[n] = R_IDLE
    :: n == BOSS -> pc[n] = B_IDLE
    :: n >= FIRST_CANCELLER -> pc[n] = (verdict[n - FIRST_CANCELLER] == 0 -> K_IDLE : K_DONE)
    fi;
    if
    :: n < FIRST_CANCELLER -> owes[n] = 0
    :: else
    fi;
    cur[n] = 0; res[n] = 0; burying[n] = false
  }
  for (n : 0 .. REQUESTS - 1) {
    stage[n] = 0; reply[n] = 0; in_table[n] = false; waiting[n] = false; has_key[n] = false;
    final[n] = false; winner[n] = 0; later[n] = 0; told[n] = 0; by[n] = 0;
    note_end[n] = false; note_deliver[n] = false; job[n] = false
  }
  for (n : 0 .. KEYS - 1) { claim[n] = 0; unit_row[n] = NO_ROW; seen_row[n] = NO_ROW }
  for (n : 0 .. WORKERS - 1) { pending[n] = false; in_window[n] = false }
  for (n : 0 .. CANCELLERS - 1) { got[n] = 0; own[n] = false }
  for (n : 0 .. THREADS - 1) { queue[n] = 0 }
  length = 0; called = 0; done = 0; batch = 0; low = 0; high = 0; at = 0;
  single = false; anything = false; closed = false; unit_money = 0;
  note_stop = false; draining = false;
  n = 0
}

#include "mailbox.hpp"
#include "receiving.hpp"

using exercise::Mechanism;
using receiving::Receiving;

namespace {

const exercise::Trial there_already{
    "a message that is there already", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      Receiving it(run, mechanism);
      it.mailbox.send(7);
      it.spawn_receiver();
      run.go();
      run.check(it.received == 7, "The receiver did not receive the message.");
      run.check(it.mailbox.left() == 0, "The message was received, and is still there.");
    }};

const exercise::Trial about_to_wait{
    "a message for a receiver that waits or is about to",
    {.stuck = "The receiver and the sender wait for each other for ever: the message did not wake "
              "the receiver, or the two acquire the mutexes of mailbox and request in different "
              "orders."},
    [](explore::Run& run, Mechanism mechanism) {
      Receiving it(run, mechanism);
      it.spawn_receiver();
      it.spawn_sender();
      run.go();
      run.check(it.received == 7, "The receiver did not receive the message.");
      run.check(it.mailbox.left() == 0, "The message was received, and is still there.");
    }};

const exercise::Trial cancelled{
    "a cancel of a receiver for which there is no message",
    {.stuck = "A request that waits for a message cannot be cancelled: it waits for ever."},
    [](explore::Run& run, Mechanism mechanism) {
      Receiving it(run, mechanism);
      it.spawn_receiver();
      it.spawn_canceller();
      run.go();
      run.check(it.canceller.verdict == cancel::Verdict::cancelled && !it.received,
                "The canceller's verdict is not CANCELLED, although there was no message.");
    }};

const exercise::Trial both{
    "a cancel and a message",
    {.stuck = "A thread waits for ever although a message or a cancel has come."},
    [](explore::Run& run, Mechanism mechanism) {
      Receiving it(run, mechanism);
      it.spawn_receiver();
      it.spawn_sender();
      it.spawn_canceller();
      run.go();
      run.check(it.mailbox.left() + (it.received ? 1 : 0) > 0,
                "A message was lost: it was given to a receiver that a cancel had stopped.");
      run.check(it.mailbox.left() + (it.received ? 1 : 0) == 1, "A message is there twice.");
    }};

}  // namespace

#include "tests/prove/invariants/invariants.hpp"

#include "tests/prove/invariants/findings.hpp"

namespace invariants {

Sentences left(const Left& left) {
  Findings found;
  found.require(left.handles == 0, "no handle is left", left.handles);
  found.require(left.mutexes == 0, "no account's mutex is left locked", left.mutexes);
  found.require(left.buffers == 0, "no request buffer is left", left.buffers);
  found.require(left.commits == 0, "no request is left waiting for a commit", left.commits);
  found.require(left.units == 0, "no database transaction is left open", left.units);
  found.require(left.workers == 0, "no worker is left", left.workers);
  found.require(left.uncleaned == 0, "every cleanup entry was popped", left.uncleaned);
  return found.sentences();
}

Sentences all(const Evidence& evidence, ledger::Ledger& ledger) {
  Sentences sentences = books(ledger);
  for (const auto& rule : {effects, replies, verdicts}) {
    for (std::string& sentence : rule(evidence, ledger)) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace invariants

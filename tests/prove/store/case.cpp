#include "tests/prove/store/case.hpp"

#include "tests/db/connections.hpp"

namespace prove {

namespace fs = std::filesystem;

std::string Way::name() const {
  return std::string(warm ? "warm" : "cold") +
         (mechanism == cancel::Mechanism::posix ? "-posix" : "-token");
}

Base::Base() : file(folder.path() / "ledger.db") {
  evidence = make_base(folder.path() / "data");
  fs::copy_file(folder.path() / "data" / "ledger.db", file);
}

Case::Case(const Base& base, const Way& way, const std::string& vfs)
    : way_(way), vfs_(vfs), known_(base.evidence) {
  fs::create_directory(data());
  fs::copy_file(base.file, file());
  open();
  if (way.warm) warm_up(*branch_);
}

void Case::open() {
  if (branch_) append(known_, branch_->evidence());
  branch_.reset();
  branch_.emplace(Branch::Options{data(), {vfs_, way_.checkpoint_after}, way_.mechanism});
}

std::size_t Case::files_beside() const {
  return static_cast<std::size_t>(
             std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator())) -
         1;
}

invariants::Evidence Case::evidence() const {
  invariants::Evidence all = known_;
  append(all, branch_->evidence());
  return all;
}

invariants::Sentences Case::wrong() {
  invariants::Sentences wrong = invariants::left(branch_->left());
  for (std::string& each : invariants::all(evidence(), branch_->ledger())) {
    wrong.push_back(std::move(each));
  }
  return wrong;
}

invariants::Sentences Case::wrong_if_it_died(const Folder& left) const {
  for (const char* name : {"ledger.db", "ledger.db-wal"}) {
    if (fs::exists(data() / name)) fs::copy_file(data() / name, left.path() / name);
  }
  return invariants::all(evidence(), *ledger::open_sqlite(left.path()));
}

Commits::Commits(FaultyVfs& machine) : failed_before_(connections::failed_commits()) {
  machine.on_strike([this](FaultyVfs::Operation call, const std::string&) {
    using Call = FaultyVfs::Operation;
    const bool writes = call == Call::write || call == Call::sync;
    if (writes && connections::committing()) could_not_write_.store(true);
  });
}

bool Commits::failed() const {
  return connections::failed_commits() > failed_before_;
}

}  // namespace prove

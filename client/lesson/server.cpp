#include "client/lesson/server.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lesson {

namespace {

constexpr std::chrono::seconds patience{60};
constexpr const char* pin = "2580";
constexpr const char* teller_secret = "a lesson's teller";

client::Until soon() {
  return client::Clock::now() + patience;
}

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

std::string make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "atm-lesson-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) fail("cannot create a folder like " + name);
  return name;
}

void write_private(const std::string& path, const char* line) {
  std::ofstream(path) << line << "\n";
  std::filesystem::permissions(path, std::filesystem::perms{0600});
}

std::filesystem::path own_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

// Starts the process that removes the folder once no process holds the other end of its pipe, which
// is also the case after a crash or a Ctrl-C. Returns that end.
int start_keeper(const std::string& folder, pid_t& keeper) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot create a pipe");
  std::fflush(nullptr);  // a sanitizer makes _exit() print what is buffered, too
  keeper = fork();
  if (keeper < 0) fail("cannot start a process");
  if (keeper > 0) {
    close(ends[0]);
    return ends[1];
  }
  setsid();  // Ctrl-C is not for it
  dup2(ends[0], STDIN_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);  // also the pipes of other keepers
  char none = 0;
  while (read(STDIN_FILENO, &none, 1) < 0 && errno == EINTR) {
  }
  // The dying server may still add files.
  std::error_code ignored;
  for (int attempt = 0; attempt < 100 && std::filesystem::exists(folder, ignored); ++attempt) {
    std::filesystem::remove_all(folder, ignored);
  }
  _exit(0);
}

// The environment without ATM_…, which would be options of the server.
std::vector<char*> plain_environment() {
  std::vector<char*> kept;
  for (char** each = environ; *each != nullptr; ++each) {
    if (std::strncmp(*each, "ATM_", 4) != 0) kept.push_back(*each);
  }
  kept.push_back(nullptr);
  return kept;
}

// The words must outlive what is returned.
std::vector<char*> argv_of(std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

// Starts a program in a process group of its own, which ends with this thread. Returns a descriptor
// of its output.
int start_process(std::vector<std::string> words, const std::string& log, pid_t& process) {
  const auto argv = argv_of(words);
  const auto environment = plain_environment();
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot create a pipe");
  process = fork();
  if (process < 0) fail("cannot start a process");
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    dup2(ends[1], STDOUT_FILENO);
    dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), STDERR_FILENO);
    execve(argv[0], argv.data(), environment.data());
    _exit(127);
  }
  close(ends[1]);
  return ends[0];
}

int status_of(int ended) {
  return WIFEXITED(ended) ? WEXITSTATUS(ended) : -WTERMSIG(ended);
}

std::string read_until_line_end(int descriptor) {
  std::string line;
  char c = 0;
  while (read(descriptor, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

Server::Server(const std::string& mechanism, std::vector<std::string> options,
               const std::string& program)
    : mechanism_(mechanism),
      options_(std::move(options)),
      program_(program),
      folder_(make_folder()) {
  keeper_ = start_keeper(folder_, keeper_process_);
  write_private(folder_ + "/secret", teller_secret);
  write_private(folder_ + "/pin", pin);
  start();
}

Server::~Server() {
  kill();
  close(keeper_);
  waitpid(keeper_process_, nullptr, 0);
}

void Server::start() {
  std::vector<std::string> words{own_folder() / program_,
                                 "--data",
                                 folder_ + "/data",
                                 "--listen",
                                 "127.0.0.1:0",
                                 "--mechanism",
                                 mechanism_,
                                 "--teaching",
                                 "--teller-secret-file",
                                 folder_ + "/secret",
                                 "--cheap-pins"};
  words.insert(words.end(), options_.begin(), options_.end());
  ended_.reset();
  const int output = start_process(words, folder_ + "/log", process_);
  const std::string ready = read_until_line_end(output);
  close(output);
  // "atm-server ready on HOST:PORT, admin PATH"
  constexpr std::string_view before = "ready on ";
  const auto at = ready.find(before);
  if (at == ready.npos) throw std::runtime_error(program_ + " does not start: " + log());
  const auto address = ready.substr(at + before.size(), ready.find(',') - at - before.size());
  address_ = client::parse_endpoint(address).value();
}

std::string Server::log() const {
  std::ifstream file(folder_ + "/log");
  return {std::istreambuf_iterator<char>(file), {}};
}

client::Session Server::customer(std::int64_t account) {
  return {address_, {client::Role::customer, account, client::Secret(pin)}, interrupt_};
}

client::Session Server::teller() {
  return {address_, {client::Role::teller, 0, client::Secret(teller_secret)}, interrupt_};
}

client::Session Server::operator_() {
  return {client::Endpoint{.host = {}, .port = {}, .path = folder_ + "/data/admin.sock"},
          {},
          interrupt_};
}

std::int64_t Server::open_account(std::int64_t balance) {
  auto session = operator_();
  return call(session, {"CREATE", pin, "BALANCE", std::to_string(balance)}).number;
}

std::string Server::held_at(const std::string& point) {
  auto session = operator_();
  for (const auto end = soon(); client::Clock::now() < *end;) {
    for (const client::Reply& each : call(session, {"TXN", "LIST"}).items) {
      const auto has = [&](const char* field, const std::string& value) {
        const client::Reply* found = each.field(field);
        return found != nullptr && found->text == value;
      };
      if (has("point", point) && has("waiting", "hold")) return each.field("handle")->text;
    }
  }
  throw std::runtime_error("no transaction is held at " + point);
}

std::int64_t Server::info(const std::string& name) {
  auto session = operator_();
  const std::string all = "\n" + call(session, {"INFO"}).text;
  const auto at = all.find("\n" + name + ":");
  if (at == all.npos) throw std::runtime_error("INFO has no " + name);
  std::int64_t value = 0;
  std::from_chars(all.data() + at + name.size() + 2, all.data() + all.size(), value);
  return value;
}

bool Server::reaches(const std::string& name, std::int64_t value) {
  for (const auto end = soon(); client::Clock::now() < *end;) {
    if (info(name) == value) return true;
  }
  return false;
}

void Server::run_client(std::vector<std::string> words) const {
  words.insert(words.begin(), {own_folder() / "atm", "--server", address_.name(), "--admin-socket",
                               folder_ + "/data/admin.sock", "--pin-file", folder_ + "/pin"});
  const auto argv = argv_of(words);
  const auto environment = plain_environment();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execve(argv[0], argv.data(), environment.data());
  _exit(127);
}

void Server::run_client(std::int64_t account, std::vector<std::string> words) const {
  words.insert(words.begin(), {"--account", std::to_string(account)});
  run_client(std::move(words));
}

pid_t Server::start_client(std::vector<std::string> words, const std::string& output) const {
  const pid_t process = fork();
  if (process < 0) fail("cannot start a process");
  if (process > 0) return process;
  setpgid(0, 0);
  dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  dup2(open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), STDOUT_FILENO);
  dup2(STDOUT_FILENO, STDERR_FILENO);
  run_client(std::move(words));
}

void Server::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  wait_for_end();
}

int Server::stop() {
  if (process_ < 0) return 0;
  ::kill(process_, SIGTERM);
  return wait_for_end();
}

std::optional<int> Server::ended() {
  int status = 0;
  if (process_ > 0 && waitpid(process_, &status, WNOHANG) == process_) {
    process_ = -1;
    ended_ = status_of(status);
  }
  return ended_;
}

int Server::wait_for_end() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return status_of(status);
}

client::Reply call(client::Session& session, const std::vector<std::string>& command) {
  return session.call(command, soon());
}

void send(client::Session& session, const std::vector<std::string>& command) {
  session.open(soon());
  session.send(command, soon());
}

client::Reply reply_of(client::Session& session) {
  return session.receive(soon());
}

}  // namespace lesson

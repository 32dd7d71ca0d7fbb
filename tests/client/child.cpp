#include "tests/client/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

namespace {

// Far longer than any test takes. A child that is silent for so long hangs.
constexpr int patience_ms = 60'000;

// The arguments of exec, built before fork, after which few functions may be called.
class Program {
 public:
  Program(const std::string& path, const std::vector<std::string>& arguments,
          const std::vector<std::string>& added)
      : words_(arguments), environment_(added) {
    words_.insert(words_.begin(), path);
    for (char** entry = environ; *entry != nullptr; ++entry) {
      if (std::strncmp(*entry, "ATM_", 4) != 0) environment_.emplace_back(*entry);
    }
    for (auto& word : words_) argv_.push_back(word.data());
    for (auto& entry : environment_) envp_.push_back(entry.data());
    argv_.push_back(nullptr);
    envp_.push_back(nullptr);
  }

  [[noreturn]] void execute() const {
    execve(argv_[0], argv_.data(), envp_.data());
    _exit(127);
  }

 private:
  std::vector<std::string> words_;
  std::vector<std::string> environment_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
};

// Called in the child.
void redirect_output(const std::string& output) {
  if (output.empty()) return;
  int ends[2] = {-1, -1};
  if (output == "|" && pipe(ends) == 0) {
    close(ends[0]);
    dup2(ends[1], 1);
  } else if (output == "-") {
    close(1);
  } else {
    dup2(open(output.c_str(), O_WRONLY), 1);
  }
}

int wait_for_end(pid_t& process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  process = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// Returns the kernel's description of a process: where it waits, and its signals.
std::string description_of(pid_t process) {
  std::string text;
  const std::string folder = "/proc/" + std::to_string(process);
  for (const char* file : {"/wchan", "/syscall", "/status"}) {
    std::ifstream stream(folder + file);
    text.append(std::istreambuf_iterator<char>(stream), {}).append("\n");
  }
  return text;
}

// Takes the exit status of a process that has ended, or kills it.
void conclude(pid_t& process, bool ended, Finished& finished) {
  if (!ended) {
    finished.hung = description_of(process);
    kill(process, SIGKILL);
  }
  finished.status = wait_for_end(process);
}

void end(pid_t& process) {
  if (process < 0) return;
  kill(process, SIGKILL);
  wait_for_end(process);
}

// Returns false after a minute without input.
bool poll_patiently(pollfd* watched, nfds_t count) {
  for (;;) {
    const int ready = poll(watched, count, patience_ms);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

// Returns false at the end of the stream, and closes it.
bool append_from(int& descriptor, std::string& text) {
  std::array<char, 4096> buffer;
  const auto count = read(descriptor, buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }
  close(descriptor);
  descriptor = -1;
  return false;
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const Setup& setup) {
  const Program program(ATM_BINARY, arguments, setup.environment);
  // Writing to a child that has ended must not end the test.
  std::signal(SIGPIPE, SIG_IGN);
  int in[2], out[2], err[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe");
  }
  process_ = fork();
  if (process_ == 0) {
    setsid();
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    redirect_output(setup.output);
    if (!setup.input_path.empty()) dup2(open(setup.input_path.c_str(), O_RDONLY), 0);
    for (const int signal : setup.ignored_signals) std::signal(signal, SIG_IGN);
    program.execute();
  }
  for (const int end_of_child : {in[0], out[1], err[1]}) close(end_of_child);
  [[maybe_unused]] const auto written = write(in[1], setup.input.data(), setup.input.size());
  close(in[1]);
  out_ = out[0];
  err_ = err[0];
}

Child::~Child() {
  end(process_);
  if (out_ >= 0) close(out_);
  if (err_ >= 0) close(err_);
}

void Child::interrupt(int signal) const {
  kill(process_, signal);
}

std::string Child::visible_arguments() const {
  std::ifstream file("/proc/" + std::to_string(process_) + "/cmdline");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  for (char& c : text) c = c == '\0' ? ' ' : c;
  return text;
}

// Returns false once both streams have ended.
bool Child::read_some() {
  if (out_ < 0 && err_ < 0) return false;
  std::array<pollfd, 2> watched{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if (!poll_patiently(watched.data(), watched.size())) return false;
  if (watched[0].revents != 0) append_from(out_, finished_.out);
  if (watched[1].revents != 0) append_from(err_, finished_.err);
  return true;
}

bool Child::await_error(const std::string& text) {
  while (finished_.err.find(text) == std::string::npos) {
    if (!read_some()) return false;
  }
  return true;
}

Finished Child::finish() {
  while (read_some()) {
  }
  conclude(process_, out_ < 0 && err_ < 0, finished_);
  return finished_;
}

TerminalChild::TerminalChild(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& environment,
                             const std::string& program_path) {
  std::vector<std::string> added = environment;
  added.insert(added.end(), {"TERM=dumb", "atm=" ATM_BINARY});
  const Program program(program_path, arguments, added);
  process_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
  if (process_ == 0) program.execute();
  if (process_ < 0) throw std::runtime_error("forkpty");
}

TerminalChild::~TerminalChild() {
  end(process_);
  if (terminal_ >= 0) close(terminal_);
}

void TerminalChild::type(const std::string& keys) const {
  [[maybe_unused]] const auto written = write(terminal_, keys.data(), keys.size());
}

void TerminalChild::interrupt(int signal) const {
  kill(process_, signal);
}

// Returns false at the end, or after a minute without output.
bool TerminalChild::read_some() {
  if (terminal_ < 0) return false;
  pollfd watched{terminal_, POLLIN, 0};
  return poll_patiently(&watched, 1) && append_from(terminal_, screen_);
}

bool TerminalChild::await(const std::string& text) {
  for (;;) {
    const auto found = screen_.find(text, seen_);
    if (found != std::string::npos) {
      seen_ = found + text.size();
      return true;
    }
    if (!read_some()) return false;
  }
}

Finished TerminalChild::finish() {
  while (read_some()) {
  }
  Finished finished;
  finished.out = screen_;
  conclude(process_, terminal_ < 0, finished);
  return finished;
}

Finished run_atm(const std::vector<std::string>& arguments, const std::string& input,
                 const std::vector<std::string>& environment) {
  return Child(arguments, {input, environment, {}, {}}).finish();
}

std::string write_file(const std::string& folder, const std::string& name,
                       const std::string& text) {
  const std::string path = folder + "/" + name;
  std::ofstream(path) << text;
  std::filesystem::permissions(path, std::filesystem::perms{0600});
  return path;
}

}  // namespace test

#include "tests/server/rig/server_process.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/server/rig/folder.hpp"
#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/sanitizer_report.hpp"

extern char** environ;

namespace rig {
namespace {

struct Spawned {
  pid_t pid;
  int out;  // its standard output
};

/// The pointers that exec() takes. The strings must outlive them.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (std::string& text : strings) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> clean_environment(const std::vector<std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("ATM_")) all.emplace_back(*entry);
  }
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

constexpr std::string_view descriptors_name = "RIG_DESCRIPTORS=";

std::optional<rlim_t> descriptors_in(const std::vector<std::string>& environment) {
  for (const std::string& setting : environment) {
    if (!setting.starts_with(descriptors_name)) continue;
    return static_cast<rlim_t>(std::stoi(setting.substr(descriptors_name.size())));
  }
  return std::nullopt;
}

bool has(const std::vector<std::string>& environment, const std::string& entry) {
  return std::find(environment.begin(), environment.end(), entry) != environment.end();
}

bool output_fails(const std::vector<std::string>& environment) {
  return has(environment, closed_output) || has(environment, broken_output) ||
         has(environment, full_output);
}

/// Makes writing to standard output fail, if the environment asks for it. In the child.
void break_output(const std::vector<std::string>& environment) {
  if (has(environment, full_output)) dup2(::open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
  if (has(environment, broken_output)) {
    int unread[2];
    if (pipe2(unread, O_CLOEXEC) != 0) _exit(127);
    dup2(unread[1], STDOUT_FILENO);
    ::close(unread[0]);
  }
  if (has(environment, closed_output)) ::close(STDOUT_FILENO);
}

Spawned spawn(const std::vector<std::string>& arguments,
              const std::vector<std::string>& environment, const std::string& log) {
  std::vector<std::string> words = {ATM_SERVER};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> settings = clean_environment(environment);
  const auto most_descriptors = descriptors_in(environment);
  const bool without_streams = has(environment, no_streams);
  const auto argv = pointers(words);
  const auto envp = pointers(settings);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const int errors = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);  // the test has ended meanwhile
    dup2(ends[1], STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    break_output(environment);
    if (most_descriptors) {
      const rlimit limit{*most_descriptors, *most_descriptors};
      setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (without_streams) {
      close(STDIN_FILENO);
      close(STDERR_FILENO);
    }
    execve(ATM_SERVER, argv.data(), envp.data());
    _exit(127);
  }
  ::close(ends[1]);
  ::close(errors);
  if (pid < 0) throw std::runtime_error("no process");
  return {pid, ends[0]};
}

/// Reads one line, without its end, or until the end of the output.
std::string read_output(int descriptor, bool one_line) {
  std::string text;
  char c = 0;
  while (::read(descriptor, &c, 1) == 1) {
    if (one_line && c == '\n') break;
    text += c;
  }
  return text;
}

int status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

std::string descriptors(int most) {
  return std::string(descriptors_name) + std::to_string(most);
}

Finished run_server(const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment) {
  const Folder folder;
  const std::string log = folder.file("log");
  const Spawned server = spawn(arguments, environment, log);
  Finished finished;
  finished.out = read_output(server.out, false);
  ::close(server.out);
  int status = 0;
  waitpid(server.pid, &status, 0);
  finished.status = status_of(status);
  finished.err = read_file(log);
  return finished;
}

ServerProcess::ServerProcess(const std::string& folder, const std::vector<std::string>& options,
                             const std::vector<std::string>& environment)
    : log_path_(folder + "/log") {
  std::vector<std::string> arguments = {"--data", folder + "/data"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  if (std::count(options.begin(), options.end(), "--listen") == 0) {
    arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  }
  if (std::erase(arguments, dear_pins) == 0) arguments.emplace_back("--cheap-pins");
  const Spawned server = spawn(arguments, environment, log_path_);
  pid_ = server.pid;
  ready_ = read_output(server.out, true);
  ::close(server.out);
  if (output_fails(environment)) {
    admin_ = folder + "/data/admin.sock";
    wait_until([this] { return ended() || log().find("event=start") != log().npos; },
               "the start of the server");
    return;
  }
  const std::size_t admin = ready_.find(", admin ");
  if (admin == ready_.npos) {
    kill9();
    throw std::runtime_error("the server did not start: " + log());
  }
  admin_ = ready_.substr(admin + 8);
  port_ = std::stoi(ready_.substr(ready_.rfind(':', admin) + 1));
}

ServerProcess::~ServerProcess() {
  kill9();
}

std::string ServerProcess::log() const {
  return read_file(log_path_);
}

void ServerProcess::signal(int number) const {
  if (!reaped_) ::kill(pid_, number);
}

int ServerProcess::wait_exit() {
  wait_until([this] { return ended(); }, "the end of the server");
  return exit_;
}

bool ServerProcess::ended() {
  int status = 0;
  if (!reaped_ && waitpid(pid_, &status, WNOHANG) == pid_) note_end(status);
  return reaped_;
}

void ServerProcess::note_end(int status) {
  reaped_ = true;
  exit_ = status_of(status);
  // Otherwise the report would be lost with the folder of the test.
  const std::string report = sanitizer_report(log());
  if (!report.empty()) std::cerr << "The server ended with " << exit_ << ":\n" << report << '\n';
}

void ServerProcess::kill9() {
  signal(SIGKILL);
  wait_exit();
}

}  // namespace rig

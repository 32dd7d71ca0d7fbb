#include "client/commands/report.hpp"

#include <cerrno>
#include <cstring>

#include "client/terminal/amount.hpp"
#include "client/terminal/text.hpp"

namespace client {

Report done(std::string text, Json json) {
  return {exit_done, std::move(text), {}, std::move(json)};
}

namespace {

// Returns the code in JSON of a failure that has no code of the server.
std::string_view code_of_status(int status) {
  switch (status) {
    case exit_usage:
      return "USAGE";
    case exit_cancelled:
      return "INTERRUPTED";
    case exit_cannot_connect:
      return "CONNECT";
    default:
      return "UNKNOWN";
  }
}

// True for errors whose text is the server's alone. In others it may quote a user's words.
bool is_about_money(std::string_view code) {
  return code == "AMOUNT" || code == "FUNDS" || code == "OVERFLOW";
}

bool write_all(const std::string& text, std::FILE* out) {
  return std::fwrite(text.data(), 1, text.size(), out) == text.size() && std::fflush(out) == 0;
}

}  // namespace

Report failed(int status, std::string_view code, std::string_view message) {
  Report report;
  report.status = status;
  if (!code.empty()) report.complaint = std::string(code) + ": ";
  report.complaint += message;
  report.json["error"]["code"] = code.empty() ? code_of_status(status) : code;
  report.json["error"]["message"] = message;
  return report;
}

Report failed(const Ending& ending) {
  const ExitStatus status = exit_status(ending);
  switch (ending.kind) {
    case Ending::Kind::interrupted:
      return failed(status, "", "interrupted; nothing was changed");
    case Ending::Kind::not_done:
      return failed(status, ending.reply.code(),
                    "not done, nothing was changed; try again later: " + ending.why);
    case Ending::Kind::reply:
      break;
    default:
      return failed(status, "", ending.why);
  }
  Report report = failed(status, ending.reply.code(), ending.reply.message());
  if (is_about_money(ending.reply.code())) report.complaint = cents_as_decimals(report.complaint);
  return report;
}

int print(const Report& report, bool as_json, std::FILE* out, std::FILE* err) {
  std::string text = printable(report.text, true);
  if (as_json) {
    // All but ASCII is escaped, so that JSON is safe for a terminal, too.
    text = report.json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
  }
  if (!as_json && !report.complaint.empty()) print_line(report.complaint, err);
  if (write_all(text, out)) return report.status;
  // The reader of a broken pipe has left on purpose.
  if (errno != EPIPE) {
    const std::string what = report.status == exit_done ? "done, but the result" : "the result";
    print_line(what + " could not be written to standard output: " + std::strerror(errno), err);
  }
  return report.status == exit_done ? exit_refused : report.status;
}

void print_line(std::string_view line, std::FILE* err) {
  const std::string text = "atm: " + printable(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), err);
  std::fflush(err);
}

}  // namespace client

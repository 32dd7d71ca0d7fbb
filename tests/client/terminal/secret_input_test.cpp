#include "client/terminal/secret_input.hpp"

#include <filesystem>

#include <sys/stat.h>

#include "tests/client/child.hpp"
#include "tests/client/matchers.hpp"
#include "tests/client/scratch.hpp"

using client::Interrupt;
using client::read_pin_file;
using client::read_secret_file;
using client::UsageError;

namespace {

// Returns the complaint about a file, or nothing if it is accepted.
template <typename Read>
std::string complaint(Read read, const std::string& path) {
  Interrupt interrupt;
  try {
    read(path, interrupt);
    return {};
  } catch (const UsageError& refusal) {
    return refusal.what();
  }
}

}  // namespace

TEST_CASE("a file that other users can open is refused, with the command that closes it") {
  const test::Scratch scratch;
  const std::string pin = test::write_file(scratch.path(), "my pin", "1234\n");
  const std::string secret = test::write_file(scratch.path(), "secret", "open sesame\n");
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0666U}) {
    CAPTURE(mode);
    chmod(pin.c_str(), mode);
    chmod(secret.c_str(), mode);
    CHECK(complaint(read_pin_file, pin) ==
          pin + " is open to other users; run: chmod 600 '" + pin + "'");
    CHECK(complaint(read_secret_file, secret) == test::containing("is open to other users"));
  }
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    CAPTURE(mode);
    chmod(pin.c_str(), mode);
    chmod(secret.c_str(), mode);
    CHECK(complaint(read_pin_file, pin) == "");
    CHECK(complaint(read_secret_file, secret) == "");
  }
}

TEST_CASE("a link to a file that other users can open is refused") {
  const test::Scratch scratch;
  const std::string pin = test::write_file(scratch.path(), "pin", "1234\n");
  const std::string link = scratch.path() + "/link";
  std::filesystem::create_symlink(pin, link);
  CHECK(complaint(read_pin_file, link) == "");
  chmod(pin.c_str(), 0644);
  CHECK(complaint(read_pin_file, link) == test::containing("is open to other users"));
}

TEST_CASE("a file without a PIN is refused") {
  const test::Scratch scratch;
  for (const char* text : {"", "\n", "123\n", "1234567890123\n", "12a4\n", " 1234\n", "1234 \n"}) {
    CAPTURE(text);
    const std::string file = test::write_file(scratch.path(), "pin", text);
    CHECK(complaint(read_pin_file, file) == test::containing(file));
  }
  const std::string pin = test::write_file(scratch.path(), "pin", "1234\r\nmore\n");
  Interrupt interrupt;
  CHECK(read_pin_file(pin, interrupt).text() == "1234");
}

TEST_CASE("a teller's secret has 8 to 1024 characters, and the refusal says so") {
  const test::Scratch scratch;
  const std::string most(1024, 'x');
  for (const std::string& text : {std::string(), std::string("\n"), std::string("1234567 \r\n"),
                                  most + "x", most + "x\r\n", std::string(5000, 'x') + "\n"}) {
    CAPTURE(text.size());
    const std::string file = test::write_file(scratch.path(), "secret", text);
    CHECK(complaint(read_secret_file, file) ==
          file + " does not hold a secret, which has 8 to 1024 characters");
  }
  for (const std::string& secret : {std::string("12345678"), most}) {
    for (const char* end : {"", "\n", "\r\n", "\nmore", " \t\n"}) {
      CAPTURE(end);
      const std::string file = test::write_file(scratch.path(), "secret", secret + end);
      Interrupt interrupt;
      CHECK(read_secret_file(file, interrupt).text() == secret);
    }
  }
}

TEST_CASE("Ctrl-C ends the wait for a secret from a pipe") {
  const test::Scratch scratch;
  const std::string pipe = scratch.path() + "/pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  Interrupt interrupt;
  interrupt.raise();
  CHECK_THROWS_AS(read_pin_file(pipe, interrupt), client::Interrupted);
}

// Runs the program as a user's shell would: its words, its two outputs, its exit code, signals.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace reclaim {

/// A started program. Killed and reaped on destruction if it still runs.
class Command {
 public:
  /// `shell` is run by sh with $RECLAIM being the program under test: "$RECLAIM list models".
  explicit Command(const std::string& shell);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// Waits for the end; 128 + n for signal n, as a shell has it.
  int wait();
  /// False while it runs.
  bool ended();
  pid_t pid() const { return pid_; }

  std::string out() const;  ///< standard output so far
  std::string err() const;

 private:
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool reaped_ = false;
};

struct Ended {
  int code;
  std::string out, err;
};

Ended run_command(const std::string& shell);

/// A new, empty folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);
std::vector<std::string> lines_of(const std::string& text);

/// Direct children of a process.
std::vector<pid_t> children_of(pid_t parent);

/// False when there is no such process, or only its dead body.
bool alive(pid_t process);

/// Calls `condition` until it holds; false when a minute has passed.
template <class Condition>
bool eventually(Condition condition);

}  // namespace reclaim

#include <sched.h>

#include "measure/clock.h"

template <class Condition>
bool reclaim::eventually(Condition condition) {
  const auto deadline_ns = now_ns() + 60'000'000'000;
  while (!condition()) {
    if (now_ns() > deadline_ns) return false;
    ::sched_yield();
  }
  return true;
}

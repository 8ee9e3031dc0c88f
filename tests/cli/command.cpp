// Outputs go to files, so that nothing blocks however much is said.
#include "command.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/assert.h"

namespace reclaim {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "reclaim-test-XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() { fs::remove_all(path_); }

Command::Command(const std::string& shell) {
  std::string name = (fs::temp_directory_path() / "reclaim-test-XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "no temporary folder");
  folder_ = name;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, (folder_ / "out").c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&files, 2, (folder_ / "err").c_str(), O_WRONLY | O_CREAT, 0600);
  ::setenv("RECLAIM", RECLAIM_FAKES, 1);
  // `exec`: the process we signal is the program and not the shell.
  const bool plain = shell.starts_with("$RECLAIM");
  const std::string script = (plain ? "exec " : "") + shell;
  const char* words[] = {"sh", "-c", script.c_str(), nullptr};
  const int error =
      ::posix_spawn(&pid_, "/bin/sh", &files, nullptr, const_cast<char**>(words), environ);
  posix_spawn_file_actions_destroy(&files);
  require(error == 0, "cannot start a shell");
}

Command::~Command() {
  if (!reaped_) {
    ::kill(pid_, SIGKILL);
    wait();
  }
  fs::remove_all(folder_);
}

int Command::wait() {
  if (!reaped_) {
    while (::waitpid(pid_, &status_, 0) < 0) {
    }
    reaped_ = true;
  }
  return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
}

bool Command::ended() {
  if (!reaped_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) reaped_ = true;
  return reaped_;
}

std::string Command::out() const { return read_file(folder_ / "out"); }
std::string Command::err() const {
  // A checked build says so first; the tests are about what follows.
  constexpr std::string_view checked_build =
      "reclaim: warning: a checked build: its times say nothing\n";
  std::string text = read_file(folder_ / "err");
  if (const auto at = text.find(checked_build); at != std::string::npos) {
    text.erase(at, checked_build.size());
  }
  return text;
}

Ended run_command(const std::string& shell) {
  Command command(shell);
  const int code = command.wait();
  return {code, command.out(), command.err()};
}

std::string read_file(const fs::path& path) {
  // Not by istreambuf_iterator: it throws when a file of /proc goes with its process.
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<pid_t> children_of(pid_t parent) {
  const std::string p = std::to_string(parent);
  std::istringstream numbers(read_file("/proc/" + p + "/task/" + p + "/children"));
  return {std::istream_iterator<pid_t>(numbers), std::istream_iterator<pid_t>()};
}

bool alive(pid_t process) {
  const std::string stat = read_file("/proc/" + std::to_string(process) + "/stat");
  const auto name_end = stat.rfind(") ");
  return name_end != std::string::npos && stat[name_end + 2] != 'Z' && stat[name_end + 2] != 'X';
}

}  // namespace reclaim

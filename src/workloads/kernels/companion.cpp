#include "workloads/kernels/companion.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "base/refusal.h"
#include "workloads/kernels/loopback.h"

namespace reclaim::kernels {

Companion::Companion(std::string_view role, std::initializer_list<std::uint64_t> numbers) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    refused("a pair of sockets", errno);
  }
  socket_ = ends[0];
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);

  std::vector<std::string> words = {RECLAIM_COMPANION, std::to_string(::getpid()),
                                    std::string(role)};
  for (const std::uint64_t number : numbers) words.push_back(std::to_string(number));
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char* no_environment[] = {nullptr};  // no allocator is preloaded there
  const int error =
      ::posix_spawn(&id_, RECLAIM_COMPANION, &files, nullptr, arguments.data(), no_environment);
  posix_spawn_file_actions_destroy(&files);
  ::close(ends[1]);
  if (error != 0) refused("a process of " RECLAIM_COMPANION, error);
}

Companion::Companion(Companion&& other) noexcept
    : id_(std::exchange(other.id_, -1)), socket_(std::exchange(other.socket_, -1)) {}

Companion::~Companion() {
  if (id_ < 0) return;
  ::close(socket_);
  ::kill(id_, SIGKILL);
  while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Companion::write(const void* from, std::size_t bytes) { send_all(socket_, from, bytes); }

void Companion::read(void* to, std::size_t bytes) { receive_all(socket_, to, bytes); }

std::uint64_t Companion::read_number() {
  std::uint64_t number = 0;
  read(&number, sizeof number);
  return number;
}

}  // namespace reclaim::kernels

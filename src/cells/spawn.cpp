// posix_spawn: what a fork copies of a parent with threads is of no use to anybody.
#include "cells/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace reclaim::cells {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& s : strings) result.push_back(const_cast<char*>(s.c_str()));
  result.push_back(nullptr);
  return result;
}

/// Moves a descriptor up to `least` or above. False with errno.
bool raise_descriptor(int& fd, int least) {
  if (fd >= least) return true;
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, least);
  if (moved < 0) return false;
  ::close(fd);
  fd = moved;
  return true;
}

}  // namespace

bool OutputPipe::open(int least) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  read_end = ends[0];
  write_end = ends[1];
  ::fcntl(read_end, F_SETFL, O_NONBLOCK);
  return raise_descriptor(read_end, least) && raise_descriptor(write_end, least);
}

void OutputPipe::close(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

void drain(int& fd, std::string& text, std::size_t most, bool keep_last) {
  char bytes[16384];
  while (fd >= 0) {
    const auto got = ::read(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return OutputPipe::close(fd);
    text.append(bytes, static_cast<std::size_t>(got));
    if (text.size() > most) keep_last ? text.erase(0, text.size() - most) : text.erase(most);
  }
}

int spawn(const SpawnRequest& request, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  int above = STDERR_FILENO + 1;
  for (const auto& [ours, theirs] : request.descriptors) {
    posix_spawn_file_actions_adddup2(&files, ours, theirs);
    above = std::max(above, theirs + 1);
  }
  posix_spawn_file_actions_addclosefrom_np(&files, above);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, standard;
  sigemptyset(&none);
  sigfillset(&standard);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &standard);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                    (request.own_group ? POSIX_SPAWN_SETPGROUP : 0);
  posix_spawnattr_setflags(&attributes, static_cast<short>(flags));

  std::vector<std::string> words = {"reclaim"};
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  const int error = ::posix_spawn(&child, request.program.c_str(), &files, &attributes,
                                  pointers(words).data(), pointers(request.environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

}  // namespace reclaim::cells

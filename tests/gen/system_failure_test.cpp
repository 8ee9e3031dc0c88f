// Whichever request of a heap the system refuses, the program ends in out_of_memory with a clear
// line, or did not need what it asked for. This program's own mmap, mprotect and mremap, which
// heaps call and malloc does not, refuse the request whose turn it is.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <thread>
#include <vector>

#include "base/exhaustion.h"
#include "tests/gen/fixture.h"

namespace {

std::atomic<long> requests{0};
std::atomic<long> refused{0};  ///< the request with this number; 0: none
std::atomic<long> moves{0};    ///< of memory from one address to another

bool is_refused() {
  if (refused.load() == 0 || ++requests != refused.load()) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" void* mmap(void* address, std::size_t bytes, int protection, int flags, int file,
                      off_t offset) noexcept {
  if (is_refused()) return MAP_FAILED;
  return reinterpret_cast<void*>(
      ::syscall(SYS_mmap, address, bytes, protection, flags, file, offset));
}

extern "C" int mprotect(void* address, std::size_t bytes, int protection) noexcept {
  if (is_refused()) return -1;
  return static_cast<int>(::syscall(SYS_mprotect, address, bytes, protection));
}

/// Where it is refused, it fails late: what was mapped at the new address is gone.
extern "C" void* mremap(void* address, std::size_t bytes, std::size_t new_bytes, int flags,
                        ...) noexcept {
  std::va_list rest;
  va_start(rest, flags);
  void* const to = va_arg(rest, void*);
  va_end(rest);
  if (is_refused()) {
    ::syscall(SYS_munmap, to, new_bytes);
    errno = ENOMEM;
    return MAP_FAILED;
  }
  auto* const moved =
      reinterpret_cast<void*>(::syscall(SYS_mremap, address, bytes, new_bytes, flags, to));
  if (moved != MAP_FAILED) ++moves;
  return moved;
}

namespace reclaim::gen_test {
namespace {

/// Objects of every shape that live and die, on two threads, collected in parallel.
void run_program() {
  HeapOptions options;
  options.limit_bytes = std::uint64_t{5} << 20;
  options.collectors = 2;
  options.stress.collect_together = true;
  M::Heap heap{options};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&heap] {
      M::Mutator m{heap};
      for (int round = 0; round < 2; ++round) {
        Local<Node> list{m, make_list(m, 20'000)};
        Local<Nodes> array{m, m.make_array<Node>(10'000)};
        for (std::size_t i = 0; i < array->length(); ++i) {
          m.store(array, i, make_node(m, static_cast<std::int64_t>(i)));
        }
        Local<M::Blob> blob{m, m.make_blob(200'000)};
        make_garbage(m, 50'000);
        m.collect();
        if (!list_is_intact(m, list, 20'000)) ::_exit(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (heap.census().leaked_objects != 0) ::_exit(2);
}

/// How the program ends when its nth request is refused; `reached` says whether it made so many.
int status_with_refused(long nth, bool& reached) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe_ends[1], STDERR_FILENO);
    refused = nth;
    run_program();
    ::_exit(requests.load() >= nth ? 0 : 100);
  }
  ::close(pipe_ends[1]);
  std::string said(4096, '\0');
  const ssize_t got = ::read(pipe_ends[0], said.data(), said.size());
  said.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  reached = !WIFEXITED(status) || WEXITSTATUS(status) != 100;
  if (WIFEXITED(status) && WEXITSTATUS(status) == out_of_memory_exit_code) {
    EXPECT_NE(said.find("out of memory"), std::string::npos) << "request " << nth << ": " << said;
  }
  return status;
}

TEST(SystemFailure, AtAnyRequestIsACleanEnd) {
  run_program();
  EXPECT_GT(moves.load(), 0) << "the heap is too large for its spaces to need each other's memory";
  long refusals = 0, nth = 1;
  for (bool reached = true; nth < 10'000; ++nth) {
    const int status = status_with_refused(nth, reached);
    if (!reached) break;
    ASSERT_TRUE(WIFEXITED(status)) << "request " << nth << ": signal " << WTERMSIG(status);
    const int code = WEXITSTATUS(status);
    ASSERT_TRUE(code == 0 || code == out_of_memory_exit_code) << "request " << nth << ": " << code;
    if (code != 0) ++refusals;
  }
  EXPECT_GT(refusals, 20) << "the heap hardly asked the system for anything";
  EXPECT_LT(nth, 10'000);
}

}  // namespace
}  // namespace reclaim::gen_test

// What CPython is held against (cpython.py): threads that count down, and a thread that answers
// datagrams beside threads that spin, under the models' locks.
//   peer_gil MODEL countdown THREADS PROCESSES COUNT   prints the seconds that it took
//   peer_gil MODEL echo SPINNERS                       prints its port; ends when told "stop"
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "base/assert.h"
#include "boundary/census.h"
#include "boundary/model.h"
#include "measure/clock.h"
#include "models/rc/rc_gil.h"
#include "models/rc/rc_gil_ticks.h"
#include "workloads/kernels/loopback.h"

namespace reclaim::peers {
namespace {

/// The number lives in memory, as an interpreter's variable does.
template <Model M>
void count_down(typename M::Mutator& m, std::int64_t from) {
  volatile std::int64_t left = from;
  while (left > 0) {
    left = left - 1;
    m.poll();
  }
}

/// `threads` mutators share a count; each attaches when it begins, as a Python thread does.
template <Model M>
void count_down_on(int threads, std::int64_t count) {
  typename M::Heap heap{HeapOptions{}};
  std::vector<std::thread> others;
  for (int thread = 0; thread < threads; ++thread) {
    others.emplace_back([&] {
      typename M::Mutator m{heap};
      count_down<M>(m, count / threads);
    });
  }
  for (std::thread& other : others) other.join();
}

/// Seconds from before the first thread or process begins until the last has ended.
template <Model M>
double countdown(int threads, int processes, std::int64_t count) {
  const std::int64_t begin_ns = now_ns();
  if (processes == 0) {
    count_down_on<M>(threads, count);
  } else {
    for (int process = 0; process < processes; ++process) {
      const pid_t child = fork();  // before this process has any thread but one
      require(child >= 0, "fork");
      if (child == 0) {
        count_down_on<M>(threads, count / processes);
        _exit(0);
      }
    }
    for (int process = 0; process < processes; ++process) {
      int status = 0;
      require(wait(&status) > 0 && status == 0, "a process ended badly");
    }
  }
  return static_cast<double>(now_ns() - begin_ns) * 1e-9;
}

/// As CPython's socket module: the lock is let go for each call, for the sending one too.
template <Model M>
void answer(typename M::Mutator& m, kernels::Datagrams& socket) {
  std::array<char, 64> message{};
  for (;;) {
    const std::size_t bytes =
        m.blocking([&] { return socket.receive(message.data(), message.size()); });
    if (std::string_view{message.data(), bytes} == "stop") return;
    m.blocking([&] { socket.send(message.data(), bytes); });
  }
}

template <Model M>
void echo(int spinners) {
  kernels::Datagrams socket;
  std::printf("%d\n", socket.port());
  std::fflush(stdout);
  typename M::Heap heap{HeapOptions{}};
  typename M::Mutator m{heap};
  std::atomic<bool> stop{false};
  std::vector<std::thread> others;
  for (int spinner = 0; spinner < spinners; ++spinner) {
    others.emplace_back([&] {
      typename M::Mutator other{heap};
      while (!stop.load(std::memory_order_relaxed)) other.poll();
    });
  }
  answer<M>(m, socket);
  stop.store(true, std::memory_order_relaxed);
  m.blocking([&] {
    for (std::thread& other : others) other.join();
  });
}

/// Says whether it understood the command.
template <Model M>
bool run(int argc, char** argv) {
  const std::string_view experiment = argv[2];
  if (experiment == "countdown" && argc == 6) {
    std::printf("%.6f\n",
                countdown<M>(std::atoi(argv[3]), std::atoi(argv[4]), std::atoll(argv[5])));
    return true;
  }
  if (experiment == "echo" && argc == 4) {
    echo<M>(std::atoi(argv[3]));
    return true;
  }
  return false;
}

}  // namespace
}  // namespace reclaim::peers

int main(int argc, char** argv) {
  using namespace reclaim;
  const std::string_view model = argc > 2 ? argv[1] : "";
  const bool understood = model == "rc-gil"         ? peers::run<RcGil<Uncounted>>(argc, argv)
                          : model == "rc-gil-ticks" ? peers::run<RcGilTicks<Uncounted>>(argc, argv)
                                                    : false;
  if (understood) return 0;
  std::fprintf(stderr,
               "usage: %s rc-gil|rc-gil-ticks countdown THREADS PROCESSES COUNT | echo SPINNERS\n",
               argv[0]);
  return 2;
}

// reclaim-companion: the other side of the workloads that wait.
//   PARENT serve BYTES DELAY_US GATHER   a server: see coroutines.h
//   PARENT answer BYTES DELAY_US         takes one record in and, after a while, gives it back
//   PARENT page BYTES PORT               takes one record in and gives what the server answers
//   PARENT ask REQUESTS THINK_US PORT    sends datagrams (their number), one at a time, and gives
//                                        the nanoseconds that each answer took
// It dies with the thread that started it, in the process PARENT.
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "measure/clock.h"
#include "workloads/kernels/coroutines.h"
#include "workloads/kernels/loopback.h"
#include "workloads/kernels/pause.h"

namespace reclaim::kernels {
namespace {

std::vector<std::byte> taken_in(std::size_t bytes) {
  std::vector<std::byte> record(bytes);
  receive_all(STDIN_FILENO, record.data(), bytes);
  return record;
}

void answer(std::size_t bytes, std::int64_t delay_us) {
  const std::vector<std::byte> record = taken_in(bytes);
  pause_us(delay_us);
  send_all(STDOUT_FILENO, record.data(), bytes);
}

void page(std::size_t bytes, std::uint16_t port) {
  const std::vector<std::byte> record = taken_in(bytes);
  std::vector<std::byte> answered(bytes);
  Connection(port).exchange(record.data(), answered.data(), bytes);
  send_all(STDOUT_FILENO, answered.data(), bytes);
}

void ask(std::uint64_t requests, std::int64_t think_us, std::uint16_t port) {
  Datagrams socket;
  socket.address(port);
  for (std::uint64_t i = 0; i < requests; ++i) {
    const std::int64_t begin_ns = now_ns();
    socket.send(&i, sizeof i);
    std::uint64_t answered = 0;
    require(socket.receive(&answered, sizeof answered) == sizeof answered && answered == i,
            "another answer than the request wants");
    const std::int64_t took_ns = now_ns() - begin_ns;
    send_all(STDOUT_FILENO, &took_ns, sizeof took_ns);
    pause_us(think_us);
  }
}

/// Says whether it knew the role.
bool play(std::string_view role, const std::vector<std::uint64_t>& n) {
  const auto port = static_cast<std::uint16_t>(n.back());
  if (role == "serve" && n.size() == 3) {
    allow_descriptors(n[2] + 64);
    serve({n[0], static_cast<std::int64_t>(n[1]), n[2]});
  } else if (role == "answer" && n.size() == 2) {
    answer(n[0], static_cast<std::int64_t>(n[1]));
  } else if (role == "page" && n.size() == 2) {
    page(n[0], port);
  } else if (role == "ask" && n.size() == 3) {
    ask(n[0], static_cast<std::int64_t>(n[1]), port);
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace reclaim::kernels

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "reclaim-companion: started by the workloads that wait, not by hand\n");
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != std::atoi(argv[1])) return 1;  // it was gone before we asked
  std::vector<std::uint64_t> numbers;
  for (int i = 3; i < argc; ++i) numbers.push_back(std::strtoull(argv[i], nullptr, 10));
  return reclaim::kernels::play(argv[2], numbers) ? 0 : 2;
}

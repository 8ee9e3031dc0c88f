// What a contender process is told (name=value words after the name of the workload) and what it
// tells: one line a round, written after the last one so that telling disturbs nothing.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/workload.h"

namespace reclaim::peers {

/// Words that every contender knows; all others are parameters of the workload.
struct Order {
  std::string workload;
  WorkloadContext context;
  int rounds = 1;                ///< the work is done so many times in this process
  std::uint64_t heap_bytes = 0;  ///< 0: no limit
  int result_fd = STDOUT_FILENO;
};

/// Ends the process with exit code 2 and one line when the words make no sense.
inline Order parse_order(int argc, char** argv) {
  Order order;
  if (argc > 1) order.workload = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto equals = word.find('=');
    if (equals == word.npos) {
      std::fprintf(stderr, "%s: name=value wanted: %s\n", argv[0], argv[i]);
      std::exit(2);
    }
    const std::string_view name = word.substr(0, equals);
    const char* value = argv[i] + equals + 1;
    if (name == "threads") {
      order.context.threads = std::atoi(value);
    } else if (name == "seed") {
      order.context.seed = std::strtoull(value, nullptr, 10);
    } else if (name == "rounds") {
      order.rounds = std::atoi(value);
    } else if (name == "limit") {
      order.heap_bytes = std::strtoull(value, nullptr, 10);
    } else if (name == "result") {
      order.result_fd = std::atoi(value);
    } else {
      order.context.parameters.set(name, std::strtod(value, nullptr));
    }
  }
  return order;
}

/// One round of the work.
struct Round {
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;  ///< user and system, all threads of the process
  std::uint64_t checksum = 0;
};

/// A time in which the world stood.
struct Pause {
  std::int64_t ns = 0;
  bool full = false;  ///< for the whole heap
};

/// All that a contender has to tell.
struct Account {
  std::vector<Round> rounds;
  std::vector<Pause> pauses;                     ///< of the whole process, in any order
  std::optional<std::uint64_t> allocated_bytes;  ///< by all rounds together
  bool checksums_count = true;  ///< false: the contender destroys what it should have kept
};

inline void tell(const Order& order, const Account& account) {
  std::string text;
  for (const Round& round : account.rounds) {
    char line[128];
    std::snprintf(line, sizeof line, "round %lld %lld %llx\n",
                  static_cast<long long>(round.wall_ns), static_cast<long long>(round.cpu_ns),
                  static_cast<unsigned long long>(account.checksums_count ? round.checksum : 0));
    text += line;
  }
  for (const Pause& pause : account.pauses) {
    text += (pause.full ? "pause full " : "pause young ") + std::to_string(pause.ns) + "\n";
  }
  if (account.allocated_bytes) {
    text += "allocated " + std::to_string(*account.allocated_bytes) + "\n";
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(order.result_fd, text.data() + at, text.size() - at);
    if (written <= 0) std::exit(1);
    at += static_cast<std::size_t>(written);
  }
}

}  // namespace reclaim::peers

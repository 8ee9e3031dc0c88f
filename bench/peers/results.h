// What contenders told, process by process, and what may be said of all of them together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cells/process.h"
#include "peers/contenders.h"
#include "peers/native/order.h"

namespace reclaim::peers {

/// One process of one contender.
struct Sample {
  std::string status;   ///< ok, out_of_memory, timeout, failed, interrupted
  std::string message;  ///< why not ok
  Account account;
  std::uint64_t peak_rss_bytes = 0;
};

/// Reads a contender's lines, the JVM's log of collections among them. Never throws: what makes no
/// sense is a failed sample.
Sample read_sample(const cells::ProcessEnd& end);

/// The pause that a line of a JVM's log tells of, if it does.
std::optional<Pause> pause_of_log_line(std::string_view line);

/// The samples of a contender on a piece of work.
struct Results {
  const Contender* contender = nullptr;
  const Work* work = nullptr;
  std::vector<Sample> samples;

  bool ok() const;
  /// The first status that is not ok, with its message; empty when all are well.
  std::string trouble() const;
  std::vector<double> first_ms() const;   ///< each process's first round
  std::vector<double> steady_ms() const;  ///< each process's median over the rounds after warm-up
  std::vector<double> cpu_ms() const;     ///< each process's mean over the same rounds
  std::vector<double> rss_bytes() const;
  enum class Which { all, young, full };
  std::vector<double> pauses_ms(Which which) const;  ///< of all processes
  std::optional<double> allocated_bytes() const;     ///< a round
};

/// Sets `status` to failed in samples of the same work whose checksum differs from the most common
/// one, or differs between rounds.
void judge_checksums(const std::vector<Results*>& same_work);

}  // namespace reclaim::peers

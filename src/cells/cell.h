// One cell: everything that decides what one fresh process will do. Equal cells give equal work.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cells/json.h"
#include "cells/quantities.h"
#include "cells/registry.h"

namespace reclaim::cells {

/// Before a model: each mutator is a process, with a heap of its own.
inline constexpr std::string_view processes_prefix = "procs:";
inline constexpr std::string_view processes_like = "Python's multiprocessing";
inline constexpr std::string_view processes_summary =
    "each mutator a process: a heap and a lock of its own";

struct Cell {
  const Entry* entry = nullptr;
  bool processes = false;  ///< each mutator is a process of its own: "procs:gen"
  std::string allocator;  ///< "glibc", "mimalloc", "/path/lib.so"; empty: the model calls no malloc
  std::string workload;   ///< as the record names it: "gcbench", "replay:sqlite"
  std::string size;       ///< tiny, standard or paper
  WorkloadContext context;
  std::optional<HeapLimit> heap;  ///< none for a model without a limit
  std::optional<std::uint64_t> heap_limit_bytes;
  int round = 0;
  int warmup = 0;
  bool census = true;
  std::uint64_t collectors = 0;       ///< HeapOptions::collectors
  std::uint64_t gil_interval_us = 0;  ///< HeapOptions::gil_switch_interval_ns; 0: its own default
  std::uint64_t gil_ticks = 0;        ///< HeapOptions::gil_switch_ticks; 0: its own default
  std::uint64_t free_at_most = 0;     ///< HeapOptions::free_at_most
  std::string explain;                ///< file for HeapOptions::explain_descriptor; empty: none
  bool cycle_collector = true;        ///< HeapOptions::cycle_collector
  std::string events;                 ///< file for the events; empty: none are kept
  bool sites = false;                 ///< RunRequest::sites
  bool why = false;                   ///< RunRequest::why
  Planting planting;
  MistakeRate mistakes;  ///< HeapOptions::mistakes, but for the seed
  bool meters = true;    ///< false: nothing is kept but what the kernel and the census count
  bool settles = false;  ///< stays for five seconds more, to see what is given back
  std::optional<Arrivals> arrivals;  ///< none: the next request when the last is done
  double arrival_rate = 0;           ///< operations a second that `arrivals` came to; 0: not known
  StressOptions stress;

  /// "gen", "procs:gen": the model without its allocator.
  std::string model_id() const;
  /// "gen", "manual:mimalloc".
  std::string model_name() const;
  /// "gen  gcbench  2 threads  heap 3x  round 1", for progress lines.
  std::string title() const;
};

/// The fields of a record that say which cell it is of, in the record's order. Two cells are the
/// same exactly when these are equal; --resume skips by them.
Json identity(const Cell& cell);

/// The same fields out of a record that was read back; missing ones are null.
Json identity_of_record(const Json& record);

/// What must be equal for two checksums to be comparable: the same work on whatever model.
std::string same_work_key(const Json& record);

/// Values print as integers where they are.
Json parameters_json(const Parameters& parameters);

}  // namespace reclaim::cells

// Who runs: the models, the JVM's collectors, Boehm's collector, hand-written code and the floor;
// how each is started, and what it lacks here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boundary/workload.h"
#include "cells/process.h"

namespace reclaim::peers {

/// What all contenders do alike.
struct Work {
  const WorkloadInfo* workload = nullptr;
  WorkloadContext context;
  std::string parameters;        ///< "depth=9 trees=10": those not of the size
  std::string heap_label;        ///< as typed
  std::uint64_t heap_bytes = 0;  ///< the same number for all who can be limited
  int warmup = 0;                ///< times that each process does the work first
  int repeats = 1;               ///< times that are measured

  /// "quads depth=9, 1 thread, heap 50MB"
  std::string title() const;
};

enum class Kind { model, jvm, native };

struct Contender {
  std::string id;
  Kind kind;
  std::string program;             ///< a path
  std::vector<std::string> words;  ///< before the name of the workload
  std::string preload;             ///< allocator's file; empty: none
  std::string missing;             ///< not empty: why it cannot run here
  bool gcbench_only = false;
};

/// Empty, or why the contender cannot do the work here.
std::string obstacle(const Contender& contender, const Work& work);

/// All of them, in the order of the table. `java`: a program's name or path.
std::vector<Contender> all_contenders(const std::string& java);

/// Those whose id, or the part of it before the colon, stands in `wanted`; all when it is empty.
/// Throws cells::UsageError for an unknown name.
std::vector<Contender> choose(std::vector<Contender> all, const std::vector<std::string>& wanted);

/// The least heap, within 2 %, on which the contender does the work once; 0 when there is none up
/// to 16 times the declared live peak.
std::uint64_t least_heap(const Contender& contender, Work work, const cells::InterruptGuard& guard);

/// The process that does the work.
cells::ProcessRequest process_of(const Contender& contender, const Work& work, double timeout_s);

/// The workloads that contenders have, by id.
std::vector<const WorkloadInfo*> peer_workloads();

/// First line of `java -version`; empty when there is none.
std::string java_version(const std::string& java, const cells::InterruptGuard& guard);

}  // namespace reclaim::peers

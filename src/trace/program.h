// A trace as a program for a number of mutators: what each has to do, one after the other, and
// where it has to wait for another. Decoded before the clock starts, into memory apart from malloc.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mapping.h"
#include "trace/format.h"

namespace reclaim::trace {

/// Objects that only one mutator uses live in a slot of its own; the others in one of the shared
/// slots. A slot is taken again when its object is gone.
enum class OpKind : std::uint8_t {
  make,    ///< an object of `value` bytes into `slot`
  resize,  ///< the object in `slot` to `value` bytes
  free,    ///< the object in `slot`, whose last use this is
  make_shared,
  resize_shared,
  free_shared,
  number,   ///< the next object made has number `value`; those after it count on
  wait,     ///< until mutator `slot` has published `value` times
  publish,  ///< what this mutator has done so far, to those who wait
};

struct Op {
  std::uint32_t slot;
  OpKind kind;
  std::uint8_t alignment_log2;  ///< make: 0 for malloc's own
  std::uint16_t unused;
  std::uint64_t value;
};
static_assert(sizeof(Op) == 16);

/// What a replay of a trace needs to know beforehand.
struct Demand {
  Totals totals;
  int mutators = 1;  ///< recorded threads that were there at the same time, at most
};

/// The demand of the trace at `path`; reads the file once a process. Thread-safe. Throws as Reader.
const Demand& demand_of(const std::string& path);

/// Recorded threads are given to mutators as they start, and a mutator is free again when its
/// thread has ended; when all are taken, threads share one. Waits are put where an object was last
/// used, or a thread started, by another mutator; with `lockstep`, before every event that follows
/// one of another mutator in the recorded global order. Every wait is for something that comes
/// earlier in that order, so no two mutators wait for each other.
class Program {
 public:
  /// `mutators` >= 1. Throws as Reader does.
  Program(const std::string& path, int mutators, bool lockstep);

  int mutators() const { return static_cast<int>(parts_.size()); }
  std::span<const Op> ops(int mutator) const {
    return parts_[static_cast<std::size_t>(mutator)].span();
  }
  /// Slots that the mutator's own objects need; and how often it publishes.
  std::uint32_t slots(int mutator) const { return parts_[static_cast<std::size_t>(mutator)].slots; }
  std::uint32_t publications(int mutator) const {
    return parts_[static_cast<std::size_t>(mutator)].publications;
  }
  std::uint32_t shared_slots() const { return shared_slots_; }
  const Totals& totals() const { return totals_; }

 private:
  friend class ProgramBuilder;

  struct Part {
    explicit Part(std::size_t most) : ops(most) {}
    std::span<const Op> span() const { return {ops.begin(), count}; }
    MappedArray<Op> ops;  // room for the most there can be; pages cost nothing until touched
    std::size_t count = 0;
    std::uint32_t slots = 0;
    std::uint32_t publications = 0;
  };

  std::vector<Part> parts_;
  std::uint32_t shared_slots_ = 0;
  Totals totals_;
};

}  // namespace reclaim::trace

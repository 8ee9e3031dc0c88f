// What `manual+checked` keeps in front of each object, for as long as the heap lives:
//   [type, where it was made and freed | stamp | canary] object [canary]
//
// The stamp is even while the object lives, odd when it is freed, and goes on by one at each turn:
//   2n  the n-th object at this place   ->   2n + 1  that object, freed   ->   2n + 2  the next one
// A reference is the address with the low bits of the stamp above it. It is good while they are
// equal: so a stale one is found out though its memory is another object's by now. (The lock and
// key of Xu, DuVarney, Sekar, "An efficient and backwards-compatible transformation to ensure
// memory safety of C programs", FSE 2004.) After 2^15 objects at one place the bits come round.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/assert.h"
#include "base/exhaustion.h"
#include "boundary/type_info.h"

namespace reclaim::manual {

/// What an allocation is part of, in 80 bytes.
struct CheckedBlock {
  static constexpr std::uint64_t canary = 0x5ca1ab1e0ddba11;
  static constexpr int address_bits = 48;

  const TypeInfo* type = nullptr;  ///< null: no object, but a cell of weak references
  std::size_t bytes = 0;           ///< of the object
  Site made, freed;
  CheckedBlock* next_of_all = nullptr;
  CheckedBlock* next_freed = nullptr;
  std::atomic<std::uint32_t> stamp{2};
  std::uint32_t size_class = 0;
  std::uint64_t front_canary = canary;

  void* memory() { return this + 1; }
  static CheckedBlock& of(const void* object) {
    return *(static_cast<CheckedBlock*>(const_cast<void*>(object)) - 1);
  }
  /// The next object begins here.
  void begin_next() {
    const std::uint32_t next = stamp.load(std::memory_order_relaxed) + 1;
    stamp.store((next & 0xffff) != 0 ? next : next + 2, std::memory_order_release);
  }
  bool is_alive() const { return (stamp.load(std::memory_order_acquire) & 1) == 0; }

  void guard_end() { std::memcpy(end(), &canary, sizeof canary); }
  bool is_intact() {
    return front_canary == canary && std::memcmp(end(), &canary, sizeof canary) == 0;
  }

 private:
  std::byte* end() { return static_cast<std::byte*>(memory()) + bytes; }
};
static_assert(sizeof(CheckedBlock) % alignof(std::max_align_t) == 0);

/// Ends the process with a line that says what was done to which object.
[[noreturn, gnu::cold, gnu::noinline]] inline void tell_mistake(const char* what,
                                                                const CheckedBlock& block,
                                                                bool is_its_own, Site now) {
  LastWords words;
  const auto say_where = [&](const char* verb, Site site) {
    if (site.line == 0) return;
    const std::string_view path = short_path(site.file);
    words.say(", %s at %.*s:%d", verb, static_cast<int>(path.size()), path.data(), site.line);
  };
  const std::string_view type = block.type != nullptr ? block.type->name : "cell";
  words.say("reclaim: %s: %s%.*s of %zu bytes", what,
            is_its_own ? "" : "its memory is by now another's: ", static_cast<int>(type.size()),
            type.data(), block.bytes);
  say_where("made", block.made);
  if (is_its_own && !block.is_alive()) say_where("freed", block.freed);
  say_where("and now", now);
  words.end(mistake_exit_code);
}

}  // namespace reclaim::manual

// A mutant runs in a process of its own: it may crash, and that counts. It is caught when the
// process does not end as an honest run does.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "boundary/heap_options.h"
#include "tests/mutants/orchard.h"

namespace reclaim::mutants {

inline constexpr int honest_exit_code = 0;
inline constexpr int other_yield_exit_code = 3;

/// A collection at each make, minor and major in turn.
inline HeapOptions disturbed() {
  HeapOptions options;
  options.stress = {.collect_every_nth_make = 1, .collect_at_each_poll = true};
  return options;
}

/// Predicate of EXPECT_EXIT: the process ended in any way but the honest one.
struct Caught {
  bool operator()(int status) const {
    return !(WIFEXITED(status) && WEXITSTATUS(status) == honest_exit_code);
  }
};

/// Ends the process: honestly when the yields agree.
[[noreturn]] inline void judge(std::uint64_t yield, std::uint64_t wanted) {
  if (yield == wanted) std::exit(honest_exit_code);
  std::fprintf(stderr, "another yield: a mutant at work\n");
  std::_Exit(other_yield_exit_code);
}

template <class M, Mistake mistake = Mistake::none, class Mutator = typename M::Mutator>
std::uint64_t yield_of(std::uint64_t seed = 1) {
  typename M::Heap heap{disturbed()};
  Mutator m{heap};
  return Orchard<M, mistake>{seed}.run(m);
}

}  // namespace reclaim::mutants

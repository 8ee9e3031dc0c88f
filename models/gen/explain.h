// What a collection found and what the policies made of it: a line for each, for whoever asks
// (--explain FILE), as a JVM's log of collections.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reclaim::gen {

/// Filled in by the parts of one collection as they go. Sizes in bytes, of whole blocks where
/// nothing else is said.
struct Account {
  const char* why = "";  ///< it was begun
  bool major = false;
  unsigned workers = 1;  ///< the most that worked together

  // the nursery
  std::size_t nursery = 0;   ///< in use before
  std::size_t survived = 0;  ///< in use after: what lives and is young still
  std::size_t promoted = 0;  ///< that the old space grew by
  unsigned tenure_age = 0;   ///< from now on: collections survived in the nursery before promotion
  std::size_t eden = 0;      ///< from now on

  // the old space, of a major collection
  std::size_t old_live = 0;    ///< of the objects themselves
  std::size_t old_used = 0;    ///< in use after
  std::size_t old_before = 0;  ///< in use before it was swept or slid
  bool slid = false;
  std::size_t slide_frees = 0;  ///< what sliding promised, or would have
  std::size_t returned = 0;     ///< resident memory given back to the system

  std::size_t room = 0;  ///< that the limit leaves for eden and survivors now
};

/// Share of the old space's blocks that no live object takes: 0 to 1.
double unused_share(std::size_t live, std::size_t used);

/// Writes the line to the file descriptor; does nothing if that is negative. Times in ns: since the
/// heap was made; of the stop; of the part of it until the last mutator stood.
void explain(int descriptor, std::uint64_t number, const Account& account, std::int64_t at_ns,
             std::int64_t stop_ns, std::int64_t to_safepoint_ns);

}  // namespace reclaim::gen

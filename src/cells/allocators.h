// Allocators are bound per process by preload, never mixed inside one: that is how people deploy
// them, and it makes every malloc-compatible library on the user's disk a thing to compare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reclaim::cells {

/// An allocator that is known by name.
struct KnownAllocator {
  std::string_view name;     ///< "mimalloc"
  std::string_view soname;   ///< "libmimalloc.so.2"; empty: the C library's, nothing to preload
  std::string_view package;  ///< the Debian package that has it
  std::string_view summary;
};

std::vector<KnownAllocator> known_allocators();

/// Where a cell finds its allocator.
struct Binding {
  std::string preload;  ///< file to preload; empty: nothing
  std::string missing;  ///< not empty: why it cannot be used here (the cell is skipped with it)
};

/// `name` is a known allocator or a path (it has a slash). Throws UsageError for an unknown name
/// and for a path that is no readable file or that LD_PRELOAD cannot spell (spaces, colons).
Binding find_allocator(const std::string& name);

/// The file that has the malloc which this process calls, by dladdr; never empty.
std::string malloc_owner();

/// One line saying what is wrong when this process's malloc is not `preload`'s (empty: the C
/// library's); empty when all is well. Sanitizer builds have a malloc of their own and accept
/// only that.
std::string wrong_malloc(const std::string& preload);

/// The version of the malloc in this process: "2.0.9",
/// "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c", "2.36"; "unknown" for a library that does
/// not say.
std::string malloc_version();

/// The environment of a worker: this process's own, LD_PRELOAD replaced by `preload` or taken away.
std::vector<std::string> worker_environment(const std::string& preload);

}  // namespace reclaim::cells

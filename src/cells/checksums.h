// The first law: the same work. Cells that ought to have done the same work must agree in their
// checksum, whatever their model, allocator, heap and round.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "cells/cell.h"

namespace reclaim::cells {

/// Counts checksums and says which records stand against the majority. Not thread-safe.
class ChecksumJury {
 public:
  /// Takes a record's checksum into account, if it has one and its program was right.
  void hear(const Json& record);

  /// Empty, or why this record's checksum cannot be trusted: no strict majority of the cells heard
  /// so far that did the same work has it. What a program that errs comes to is held against those
  /// that were right, where there were any.
  std::string complaint(const Json& record) const;

 private:
  std::map<std::string, std::map<std::string, std::uint64_t>> votes_;
};

}  // namespace reclaim::cells

// A strict majority decides; without one nobody is right.
#include "cells/checksums.h"

#include <fmt/format.h>

#include "cells/mistakes.h"

namespace reclaim::cells {

void ChecksumJury::hear(const Json& record) {
  const Json& checksum = record.at("checksum");
  if (checksum.is_string() && !errs(record))
    ++votes_[same_work_key(record)][checksum.get<std::string>()];
}

std::string ChecksumJury::complaint(const Json& record) const {
  const Json& checksum = record.at("checksum");
  const auto group = votes_.find(same_work_key(record));
  if (!checksum.is_string() || group == votes_.end()) return "";
  std::uint64_t all = 0, same = 0;
  for (const auto& [value, count] : group->second) {
    all += count;
    if (value == checksum.get<std::string>()) same = count;
  }
  if (2 * same > all) return "";
  return fmt::format("checksum differs from {} other cell{}", all - same,
                     all - same == 1 ? "" : "s");
}

}  // namespace reclaim::cells

// How many objects of each type were made: what the census says of gen. A mutator counts records
// by the run. Records of one type mostly follow each other in its buffer, and then the buffer's
// top says how many they are,
//     top - from == objects of the run * record_bytes
// so that one more of the same type costs a comparison, where counting it by itself was a store
// among the dozen that making it takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/mapping.h"
#include "models/gen/header.h"
#include "models/gen/kind.h"

namespace reclaim::gen {

/// Objects and bytes of one type.
struct MadeRow {
  std::uint64_t objects;
  std::uint64_t bytes;  ///< of arrays and blobs as asked for; a record's follow from its number
};
/// Index: type id.
using MadeRows = MappedArray<MadeRow>;

/// What one mutator made. Used by its thread, and by a collector while that stands.
class MadeCount {
 public:
  /// `types` is 0 where nobody counts; then nothing but end_run() is called.
  explicit MadeCount(std::size_t types) : rows_(types) {}

  /// A record was made. Its `bytes` are the last below the buffer's `top`; or they lie elsewhere,
  /// and the run has been ended.
  [[gnu::always_inline]] void add_record(std::uint32_t type, const std::byte* top,
                                         std::size_t bytes) {
    if (type == type_) [[likely]]
      return;
    end_run(address_of(top) - bytes);
    type_ = type;
    from_ = address_of(top) - bytes;
  }
  /// A record, array or blob that no run holds, of so many bytes asked for.
  void add(std::uint32_t type, std::uint64_t asked_bytes) {
    ++rows_[type].objects;
    rows_[type].bytes += asked_bytes;
  }
  /// The buffer's top went past so many bytes that are no records of the run.
  void skip(std::size_t bytes) { from_ += bytes; }
  /// The buffer is about to change, or somebody wants to know. No run is open afterwards.
  void end_run(const std::byte* top) { end_run(address_of(top)); }

  /// Adds all to `total`. No run is open.
  void add_to(MadeRows& total) const {
    for (std::uint32_t type = 0; type < rows_.size(); ++type) {
      const MadeRow& row = rows_[type];
      const TypeInfo& info = KindTable::type_of_id(type);
      if (info.shape == Shape::record) {
        total[type].objects += row.objects + row.bytes / record_bytes(info.head_bytes);
      } else {
        total[type].objects += row.objects;
        total[type].bytes += row.bytes;
      }
    }
  }

 private:
  void end_run(std::uintptr_t top) {
    if (type_ == none) return;
    rows_[type_].bytes += top - from_;
    type_ = none;
  }

  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  std::size_t type_ = none;  ///< of the open run; no type that a header's word could have
  std::uintptr_t from_ = 0;  ///< where it would begin if nothing else lay in it
  MadeRows rows_;            ///< bytes of a record's row: of its ended runs
};

}  // namespace reclaim::gen

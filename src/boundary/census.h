// The census: objects and bytes allocated, reclaimed and live, by type. Bytes are as asked for: the
// workload's fields, elements and payload, without headers or rounding, so that
//   allocated_bytes is equal over all models for the same work, and
//   leaked = allocated - reclaimed, exactly.
// Counting is a policy of a model: `Counted` is what cells run, `Uncounted` compiles to nothing and
// is what is held against hand-written code.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mapping.h"
#include "boundary/type_info.h"

namespace reclaim {

struct TypeCensus {
  std::string_view type;
  std::uint64_t allocated_objects = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t leaked_objects = 0;
  std::uint64_t leaked_bytes = 0;
  std::uint64_t added_bytes =
      0;  ///< to each object, by the model's layout: headers, lengths, locks
};

/// Objects that are left, by where the program made them: where a model can tell.
struct LeakSite {
  std::string_view type, file;  ///< the file with its folder: "workloads/larson.h"
  int line = 0;
  std::uint64_t objects = 0;
};

/// Objects of one type that the program made at one place: where a census by site was asked for.
struct SiteCensus {
  std::string_view type, file;
  int line = 0;
  std::uint64_t allocated_objects = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t leaked_objects = 0;
  std::uint64_t leaked_bytes = 0;
};

/// Totals of a heap at one moment with no mutator running.
struct Census {
  std::uint64_t allocated_objects = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t reclaimed_objects = 0;
  std::uint64_t reclaimed_bytes = 0;
  std::uint64_t leaked_objects = 0;  ///< live, though every root is gone
  std::uint64_t leaked_bytes = 0;
  std::vector<TypeCensus> types;    ///< types of this heap with at least one allocation
  std::vector<LeakSite> leaked_at;  ///< by type, file and line; empty where no model looked
  std::vector<SiteCensus> sites;    ///< likewise

  /// The one place where totals come from: the per-type rows. Types of one name share a row:
  /// arrays, whatever their elements.
  void add(const TypeCensus& row) {
    if (row.allocated_objects == 0) return;
    allocated_objects += row.allocated_objects;
    allocated_bytes += row.allocated_bytes;
    leaked_objects += row.leaked_objects;
    leaked_bytes += row.leaked_bytes;
    reclaimed_objects = allocated_objects - leaked_objects;
    reclaimed_bytes = allocated_bytes - leaked_bytes;
    const auto known = std::find_if(types.begin(), types.end(), [&](const TypeCensus& other) {
      return other.type == row.type;
    });
    if (known == types.end()) {
      types.push_back(row);
      return;
    }
    known->allocated_objects += row.allocated_objects;
    known->allocated_bytes += row.allocated_bytes;
    known->leaked_objects += row.leaked_objects;
    known->leaked_bytes += row.leaked_bytes;
  }

  /// Leaves what has happened since `earlier`, a census of the same heap. What was left then and
  /// has been reclaimed since is nobody's leak.
  void subtract(const Census& earlier) {
    if (earlier.allocated_objects == 0) return;
    const std::vector<TypeCensus> rows = std::move(types);
    const std::vector<LeakSite> leaks = std::move(leaked_at);
    const std::vector<SiteCensus> places = std::move(sites);
    *this = {};
    for (TypeCensus row : rows) {
      for (const TypeCensus& old : earlier.types) {
        if (old.type != row.type) continue;
        row.allocated_objects -= old.allocated_objects;
        row.allocated_bytes -= old.allocated_bytes;
        row.leaked_objects -= std::min(row.leaked_objects, old.leaked_objects);
        row.leaked_bytes -= std::min(row.leaked_bytes, old.leaked_bytes);
      }
      add(row);
    }
    const auto is_same = [](const auto& a, const auto& b) {
      return a.type == b.type && a.file == b.file && a.line == b.line;
    };
    for (LeakSite row : leaks) {
      for (const LeakSite& old : earlier.leaked_at) {
        if (is_same(old, row)) row.objects -= std::min(row.objects, old.objects);
      }
      if (row.objects != 0) leaked_at.push_back(row);
    }
    for (SiteCensus row : places) {
      for (const SiteCensus& old : earlier.sites) {
        if (!is_same(old, row)) continue;
        row.allocated_objects -= old.allocated_objects;
        row.allocated_bytes -= old.allocated_bytes;
        row.leaked_objects -= std::min(row.leaked_objects, old.leaked_objects);
        row.leaked_bytes -= std::min(row.leaked_bytes, old.leaked_bytes);
      }
      if (row.allocated_objects != 0) sites.push_back(row);
    }
  }
};

/// What was made and reclaimed of one kind.
struct MadeAndReclaimed {
  std::uint64_t made_objects, reclaimed_objects, made_bytes, reclaimed_bytes;

  MadeAndReclaimed& operator+=(const MadeAndReclaimed& other) {
    made_objects += other.made_objects;
    reclaimed_objects += other.reclaimed_objects;
    made_bytes += other.made_bytes;
    reclaimed_bytes += other.reclaimed_bytes;
    return *this;
  }
};

/// Bytes that a model puts in front of an object of the type, before its header.
using BytesInFront = std::size_t (*)(const TypeInfo& type);
inline std::size_t nothing_in_front(const TypeInfo&) { return 0; }

/// Counts per thread and type. One writer; a heap adds the counts of its mutators when they detach.
/// The bytes of records follow from their number, so that the count of a record is one increment.
class Counted {
 public:
  static constexpr bool counts = true;
  static constexpr bool by_site = false;  ///< sites.h

  Counted() : rows_(TypeTable::instance().count) {}

  template <class T>
  void on_make(std::uint64_t bytes) {
    Row& row = rows_[type_info<T>().id];
    ++row.made_objects;
    if constexpr (T::shape != Shape::record) row.made_bytes += bytes;
  }
  template <class T>
  void on_reclaim(std::uint64_t bytes) {
    Row& row = rows_[type_info<T>().id];
    ++row.reclaimed_objects;
    if constexpr (T::shape != Shape::record) row.reclaimed_bytes += bytes;
  }
  /// The same for an object whose type is known only at run time.
  void on_reclaim(const TypeInfo& type, std::uint64_t bytes) {
    Row& row = rows_[type.id];
    ++row.reclaimed_objects;
    row.reclaimed_bytes += bytes;
  }
  void add(const Counted& other) {
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] += other.rows_[i];
  }
  /// Everything that was not reclaimed counts as leaked: call after the last mutator has gone.
  Census totals(BytesInFront in_front = nothing_in_front) const {
    Census census;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const TypeInfo& type = *TypeTable::instance().types[i];
      const Row& row = rows_[i];
      const std::uint64_t live = row.made_objects - row.reclaimed_objects;
      const std::uint64_t added = type.added_bytes() + in_front(type);
      if (type.shape == Shape::record) {
        census.add({type.name, row.made_objects, row.made_objects * type.asked_bytes, live,
                    live * type.asked_bytes, added});
      } else {
        census.add({type.name, row.made_objects, row.made_bytes, live,
                    row.made_bytes - row.reclaimed_bytes, added});
      }
    }
    return census;
  }

 private:
  using Row = MadeAndReclaimed;
  MappedArray<Row> rows_;
};

/// Counts nothing and costs nothing.
class Uncounted {
 public:
  static constexpr bool counts = false;
  static constexpr bool by_site = false;
  template <class T>
  void on_make(std::uint64_t) {}
  template <class T>
  void on_reclaim(std::uint64_t) {}
  void on_reclaim(const TypeInfo&, std::uint64_t) {}
  void add(const Uncounted&) {}
  Census totals(BytesInFront = nothing_in_front) const { return {}; }
};

}  // namespace reclaim

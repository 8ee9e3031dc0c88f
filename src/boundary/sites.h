// The census by type and by where the program made the objects: a counting policy beside `Counted`.
// A model that can tell keeps with each object the number that on_make_at gives, and hands it back
// when the object is reclaimed. What it costs is in README.md; so it is compiled where a
// workload asks for it only, and runs on request.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <tuple>

#include "base/assert.h"
#include "base/mapping.h"
#include "boundary/census.h"
#include "boundary/type_info.h"

namespace reclaim {

/// A type made at a place in the program.
struct MadeAt {
  const TypeInfo* type = nullptr;
  Site site;

  bool operator==(const MadeAt& other) const {
    return type == other.type && site.line == other.site.line && site.file == other.site.file;
  }
};

/// All such places of this process, by number. Thread-safe.
class SiteTable {
 public:
  static constexpr std::uint32_t most = 4096;

  static SiteTable& instance() {
    static SiteTable table;
    return table;
  }
  std::uint32_t number_of(const MadeAt& place) {
    const std::lock_guard lock(mutex_);
    for (std::uint32_t number = 0; number < count_; ++number) {
      if (places_[number] == place) return number;
    }
    require(count_ < most, "a program makes objects at too many places");
    places_[count_] = place;
    return count_++;
  }
  const MadeAt& operator[](std::uint32_t number) const { return places_[number]; }

 private:
  std::mutex mutex_;
  std::array<MadeAt, most> places_;
  std::uint32_t count_ = 0;  // guarded by mutex_
};

class CountedBySite : public Counted {
 public:
  static constexpr bool by_site = true;

  CountedBySite() : rows_(SiteTable::most), known_(known_most) {}

  /// Beside on_make. The number of the place.
  std::uint32_t on_make_at(const TypeInfo& type, Site site, std::uint64_t bytes) {
    const std::uint32_t number = number_of({&type, site});
    ++rows_[number].made_objects;
    rows_[number].made_bytes += bytes;
    return number;
  }
  /// Beside on_reclaim.
  void on_reclaim_at(std::uint32_t number, std::uint64_t bytes) {
    ++rows_[number].reclaimed_objects;
    rows_[number].reclaimed_bytes += bytes;
  }
  void add(const CountedBySite& other) {
    Counted::add(other);
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] += other.rows_[i];
  }
  Census totals(BytesInFront in_front = nothing_in_front) const {
    Census census = Counted::totals(in_front);
    std::map<std::tuple<std::string_view, std::string_view, int>, SiteCensus> sites;
    for (std::uint32_t number = 0; number < rows_.size(); ++number) {
      const Row& row = rows_[number];
      if (row.made_objects == 0) continue;
      const MadeAt& place = SiteTable::instance()[number];
      const std::string_view file = short_path(place.site.file);
      SiteCensus& site = sites[{place.type->name, file, place.site.line}];
      site.type = place.type->name;
      site.file = file;
      site.line = place.site.line;
      site.allocated_objects += row.made_objects;
      site.allocated_bytes += row.made_bytes;
      site.leaked_objects += row.made_objects - row.reclaimed_objects;
      site.leaked_bytes += row.made_bytes - row.reclaimed_bytes;
    }
    for (const auto& [key, site] : sites) {
      census.sites.push_back(site);
      if (site.leaked_objects == 0) continue;
      census.leaked_at.push_back({site.type, site.file, site.line, site.leaked_objects});
    }
    return census;
  }

 private:
  using Row = MadeAndReclaimed;
  /// What a thread remembers of the table, so that it need not ask.
  struct Known {
    MadeAt place;  ///< no type: an entry that is free
    std::uint32_t number;
  };
  /// There are always free entries.
  static constexpr std::size_t known_most = 2 * SiteTable::most;

  std::uint32_t number_of(const MadeAt& place) {
    const auto line = static_cast<std::uint32_t>(place.site.line);
    std::size_t i = (line * 31 + place.type->id) % known_most;
    while (!(known_[i].place == place)) {
      if (known_[i].place.type == nullptr) [[unlikely]] {
        known_[i] = {place, SiteTable::instance().number_of(place)};
        break;
      }
      i = (i + 1) % known_most;
    }
    return known_[i].number;
  }

  MappedArray<Row> rows_;     ///< index: number of the place
  MappedArray<Known> known_;  ///< open addressing
};

}  // namespace reclaim

// Lines of a test under names, and what a census by site says of them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "boundary/census.h"

namespace reclaim {

class Places {
 public:
  explicit Places(Site site = Site::here()) : file_(short_path(site.file)) {}

  void at(const std::string& name, int line) { lines_[name] = line; }
  void expect(const Census& census, const std::string& name, std::string_view type,
              std::uint64_t allocated, std::uint64_t leaked) const {
    SCOPED_TRACE(name);
    std::uint64_t left = 0;
    for (const LeakSite& site : census.leaked_at) {
      if (site.type == type && site.file == file_ && site.line == lines_.at(name)) {
        left += site.objects;
      }
    }
    EXPECT_EQ(left, leaked) << "leaked_at";
    for (const SiteCensus& site : census.sites) {
      if (site.type != type || site.file != file_ || site.line != lines_.at(name)) continue;
      EXPECT_EQ(site.allocated_objects, allocated);
      EXPECT_EQ(site.leaked_objects, leaked);
      return;
    }
    ADD_FAILURE() << "no objects are known to be made there";
  }

 private:
  std::string file_;
  std::map<std::string, int> lines_;
};

/// Sites and types count the same objects.
inline void expect_sums_of_sites(const Census& census) {
  Census sum;
  for (const SiteCensus& site : census.sites) {
    sum.allocated_objects += site.allocated_objects;
    sum.allocated_bytes += site.allocated_bytes;
    sum.leaked_objects += site.leaked_objects;
    sum.leaked_bytes += site.leaked_bytes;
  }
  EXPECT_EQ(sum.allocated_objects, census.allocated_objects);
  EXPECT_EQ(sum.allocated_bytes, census.allocated_bytes);
  EXPECT_EQ(sum.leaked_objects, census.leaked_objects);
  EXPECT_EQ(sum.leaked_bytes, census.leaked_bytes);
}

}  // namespace reclaim

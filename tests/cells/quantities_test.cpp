// Sizes as people write them.
#include "cells/quantities.h"

#include <gtest/gtest.h>

#include "cells/names.h"

namespace reclaim::cells {
namespace {

TEST(Bytes, HaveDecimalBinaryAndJvmUnits) {
  EXPECT_EQ(parse_bytes("4096"), 4096u);
  EXPECT_EQ(parse_bytes("50MB"), 50'000'000u);
  EXPECT_EQ(parse_bytes("50MiB"), 52'428'800u);
  EXPECT_EQ(parse_bytes("50m"), 52'428'800u);
  EXPECT_EQ(parse_bytes("1.5GB"), 1'500'000'000u);
}

TEST(Bytes, RefuseWhatIsNoSize) {
  for (const char* text : {"", "MB", "-1", "5 MB", "5XB", "1e9", "nan", "99999999999999GB"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
}

TEST(Bytes, PrintWithThreeDigits) {
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(52'428'800), "52.4 MB");
  EXPECT_EQ(format_bytes(999'999), "1.00 MB");
}

TEST(HeapLimit, IsATimesABytesAMinimumARatioToGrowToOrNone) {
  EXPECT_EQ(parse_heap_limit("2x").kind, HeapLimit::Kind::times_live_peak);
  EXPECT_DOUBLE_EQ(parse_heap_limit("1.25x").times, 1.25);
  EXPECT_EQ(parse_heap_limit("64MiB").bytes, 67'108'864u);
  EXPECT_EQ(parse_heap_limit("min").kind, HeapLimit::Kind::minimum);
  EXPECT_EQ(parse_heap_limit("grow:1.5x").kind, HeapLimit::Kind::growing);
  EXPECT_DOUBLE_EQ(parse_heap_limit("grow:1.5x").times, 1.5);
  EXPECT_EQ(parse_heap_limit("none").kind, HeapLimit::Kind::unlimited);
}

TEST(HeapLimit, RefusesNothingAtAll) {
  for (const char* text :
       {"", "x", "0x", "-2x", "0", "2y", "minimum", "grow:1x", "grow:2", "grow:x"}) {
    EXPECT_THROW(parse_heap_limit(text), UsageError) << text;
  }
}

}  // namespace
}  // namespace reclaim::cells

// The first law's court.
#include "cells/checksums.h"

#include <gtest/gtest.h>

namespace reclaim::cells {
namespace {

Json record(const char* checksum, int threads = 1, const char* workload = "w") {
  return {{"workload", workload}, {"size", "tiny"}, {"params", Json::object()},
          {"threads", threads},   {"seed", 1},      {"checksum", checksum}};
}

TEST(ChecksumJury, BelievesTheStrictMajority) {
  ChecksumJury jury;
  for (int i = 0; i < 3; ++i) jury.hear(record("0x1"));
  jury.hear(record("0x2"));
  EXPECT_EQ(jury.complaint(record("0x1")), "");
  EXPECT_EQ(jury.complaint(record("0x2")), "checksum differs from 3 other cells");
}

TEST(ChecksumJury, BelievesNobodyInATie) {
  ChecksumJury jury;
  jury.hear(record("0x1"));
  EXPECT_EQ(jury.complaint(record("0x1")), "");
  jury.hear(record("0x2"));
  EXPECT_EQ(jury.complaint(record("0x1")), "checksum differs from 1 other cell");
  EXPECT_EQ(jury.complaint(record("0x2")), "checksum differs from 1 other cell");
}

TEST(ChecksumJury, ComparesOnlyTheSameWork) {
  ChecksumJury jury;
  jury.hear(record("0x1", 1));
  jury.hear(record("0x2", 2));
  jury.hear(record("0x3", 1, "v"));
  EXPECT_EQ(jury.complaint(record("0x1", 1)), "");
  EXPECT_EQ(jury.complaint(record("0x2", 2)), "");
  EXPECT_EQ(jury.complaint(record("0x3", 1, "v")), "");
}

TEST(ChecksumJury, HearsNoCellWithoutAChecksum) {
  ChecksumJury jury;
  Json none = record("");
  none["checksum"] = nullptr;
  jury.hear(none);
  jury.hear(record("0x1"));
  EXPECT_EQ(jury.complaint(record("0x1")), "");
  EXPECT_EQ(jury.complaint(none), "");
}

}  // namespace
}  // namespace reclaim::cells

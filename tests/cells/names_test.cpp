// A wrong name is answered with the nearest right one.
#include "cells/names.h"

#include <gtest/gtest.h>

namespace reclaim::cells {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("gen", "gen"), 0u);
  EXPECT_EQ(edit_distance("gen", "gene"), 1u);
  EXPECT_EQ(edit_distance("gen", "gn"), 1u);
  EXPECT_EQ(edit_distance("gen", "gan"), 1u);
  EXPECT_EQ(edit_distance("gen", "gne"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(UnknownName, IsAnsweredWithTheNearest) {
  const std::vector<std::string> names = {"manual", "gen", "rc-gil", "rc-atomic"};
  EXPECT_EQ(nearest("rc-atmoic", names), "rc-atomic");
  EXPECT_EQ(unknown_name("model", "gne", names), "unknown model 'gne': did you mean 'gen'?");
}

TEST(UnknownName, SaysNothingNearWhenThereIsNothing) {
  EXPECT_EQ(unknown_name("model", "gen", {}), "unknown model 'gen'");
}

TEST(Split, DropsEmptyParts) {
  EXPECT_EQ(split(",a,,b,", ','), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(split("", ',').empty());
}

}  // namespace
}  // namespace reclaim::cells

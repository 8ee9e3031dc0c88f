// Labels of marks do not collide while there is room.
#include "report/label_layout.h"

#include <gtest/gtest.h>

namespace reclaim::report {
namespace {

TEST(LabelLayout, ALoneMarkHasItsLabelBesideItAndInsideTheChart) {
  std::vector<LabelledMark> marks{{10, 100, 8}, {90, 200, 8}};
  place_labels(marks, 300);
  EXPECT_EQ(marks[0].shift, 0);
  EXPECT_FALSE(marks[0].to_left);
  EXPECT_EQ(marks[1].shift, 0);
  EXPECT_TRUE(marks[1].to_left);
}

TEST(LabelLayout, LabelsOfMarksAtOnePlaceAreSpread) {
  std::vector<LabelledMark> marks(4, LabelledMark{50, 150, 12});
  place_labels(marks, 300);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    for (std::size_t k = i + 1; k < marks.size(); ++k) {
      const bool same_side = marks[i].to_left == marks[k].to_left;
      EXPECT_TRUE(!same_side || std::abs(marks[i].shift - marks[k].shift) >= 14) << i << ' ' << k;
    }
  }
}

TEST(LabelLayout, MoreLabelsThanRoomStillHaveAPlace) {
  std::vector<LabelledMark> marks(60, LabelledMark{50, 20, 30});
  place_labels(marks, 40);
  for (const LabelledMark& mark : marks) EXPECT_LE(std::abs(mark.shift), 90);
}

}  // namespace
}  // namespace reclaim::report

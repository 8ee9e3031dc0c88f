// The tree obeys its arrows, and a wrong one would be seen.
#include "arrows.h"

#include <gtest/gtest.h>

#include <fstream>

namespace reclaim::arrows {
namespace {

TEST(Arrows, OfTheTreeAllPointTheRightWay) {
  const Inspection inspection = inspect(RECLAIM_SOURCE_DIRECTORY);
  EXPECT_GT(inspection.files, 50u);
  for (const std::string& violation : inspection.violations) ADD_FAILURE() << violation;
}

TEST(Arrows, PlantedWrongOnesAreFound) {
  const std::pair<const char*, const char*> planted[] = {
      {"src/base/x.h", "#include \"measure/clock.h\""},
      {"src/measure/x.cpp", "#include \"boundary/model.h\""},
      {"src/boundary/x.h", "#include \"models/gen/heap.h\""},
      {"src/boundary/x.h", "#include \"cells/registry.h\""},
      {"src/boundary/x.h", "#include <fmt/format.h>"},
      {"src/boundary/x.h", "#include <iostream>"},
      {"src/boundary/x.h", "#include <nlohmann/json.hpp>"},
      {"models/gen/heap.h", "#include \"workloads/gcbench.h\""},
      {"models/gen/heap.cpp", "#  include \"cells/registry.h\""},
      {"src/workloads/larson.h", "#include \"models/manual/manual.h\""},
      {"src/workloads/larson.h", "#include \"trace/reader.h\""},
      {"src/workloads/larson.h", "#include \"processes/queue.h\""},
      {"src/processes/x.cpp", "#include \"cells/process.h\""},
      {"src/processes/x.h", "#include \"models/gen/heap.h\""},
      {"src/trace/x.cpp", "#include \"measure/clock.h\""},
      {"src/report/x.cpp", "#include \"models/gen/heap.h\""},
      {"src/report/x.cpp", "#include \"cells/record.h\""},
      {"src/cells/x.cpp", "#include \"report/report.h\""},
      {"src/cells/x.cpp", "#include \"cli/session.h\""},
      {"src/cells/x.cpp", "  #include \"names.h\"  // hidden"},
      {"src/cells/x.cpp", "#include \"../cli/session.h\""},
      {"src/cellar/x.cpp", ""},
  };
  for (const auto& [path, line] : planted) {
    EXPECT_EQ(violations_in(path, std::string("#pragma once\n") + line + "\n").size(), 1u)
        << path << ": " << line;
  }
}

TEST(Arrows, RightOnesAreLeftAlone) {
  const std::pair<const char*, const char*> right[] = {
      {"src/boundary/stops.h", "#include \"measure/histogram.h\""},
      {"src/boundary/stops.h", "#include <array>"},
      {"models/gen/heap.h", "#include \"models/parts/monitor.h\""},
      {"src/workloads/replay.h", "#include \"trace/reader.h\""},
      {"src/workloads/errands.h", "#include \"processes/post.h\""},
      {"src/report/x.cpp", "#include <fmt/format.h>"},
      {"src/cells/instance.cpp.in", "#include \"@MODEL_HEADER@\""},
      {"src/cli/x.cpp", "#include \"report/report.h\""},
      {"src/base/x.h", "// #include \"cli/session.h\" would be wrong"},
  };
  for (const auto& [path, line] : right) {
    EXPECT_TRUE(violations_in(path, line).empty()) << path << ": " << line;
  }
}

TEST(Arrows, InspectionReadsEveryFolder) {
  const std::filesystem::path root = std::filesystem::path(testing::TempDir()) / "arrows";
  std::filesystem::create_directories(root / "src/base/deep");
  std::filesystem::create_directories(root / "models/gen");
  std::ofstream(root / "src/base/deep/x.h") << "#include \"cli/session.h\"\n";
  std::ofstream(root / "models/gen/y.cpp") << "int x;\n\n#include \"workloads/larson.h\"\n";
  const Inspection inspection = inspect(root);
  std::filesystem::remove_all(root);
  EXPECT_EQ(inspection.files, 2u);
  EXPECT_EQ(inspection.violations,
            (std::vector<std::string>{"models/gen/y.cpp:3: models may not include workloads",
                                      "src/base/deep/x.h:1: base may not include cli"}));
}

}  // namespace
}  // namespace reclaim::arrows

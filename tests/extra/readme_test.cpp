// What models/README.md shows under "Add a model" is the code that is compiled, to the letter.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The fenced block of a language that follows the first mention of `after`.
std::string block_after(const std::string& text, const std::string& after,
                        const std::string& language) {
  const auto from = text.find(after);
  EXPECT_NE(from, std::string::npos) << after;
  const std::string fence = "```" + language + "\n";
  const auto begin = text.find(fence, from);
  EXPECT_NE(begin, std::string::npos) << "no " << language << " block after " << after;
  const auto end = text.find("```", begin + fence.size());
  return text.substr(begin + fence.size(), end - begin - fence.size());
}

const std::string readme = RECLAIM_SOURCE_DIR "/models/README.md";
const std::string outside = RECLAIM_SOURCE_DIR "/tests/extra/outside/";

TEST(AddAModel, ShowsTheModelThatIsCompiled) {
  EXPECT_EQ(block_after(text_of(readme), "## Add a model", "cpp"), text_of(outside + "guarded.h"));
}

TEST(AddAModel, ShowsTheLineThatRegistersIt) {
  const std::string shown = block_after(text_of(readme), "## Add a model", "cmake");
  EXPECT_NE(text_of(outside + "CMakeLists.txt").find(shown), std::string::npos) << shown;
}

}  // namespace

// Reads --stress and --seed=N, then runs the tests. Death tests start the binary again with the
// same arguments: mutators may have threads, and a forked child would have only one of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "tests/conformance/settings.h"

// Exhaustion is part of the contract: an allocation that cannot be served returns null to the
// model, under a sanitizer's malloc as under any other.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
extern "C" const char* __tsan_default_options() { return "allocator_may_return_null=1"; }

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--stress") {
      reclaim::conformance::settings.stress = true;
    } else if (argument.starts_with("--seed=")) {
      reclaim::conformance::settings.seed = std::strtoull(argv[i] + 7, nullptr, 10);
    } else {
      std::fprintf(stderr, "unknown argument '%s'; known: --stress --seed=N and GoogleTest's\n",
                   argv[i]);
      return 2;
    }
  }
  return RUN_ALL_TESTS();
}

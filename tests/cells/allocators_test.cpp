// Who owns malloc, and that the wrong owner is refused.
#include "cells/allocators.h"

#include <gtest/gtest.h>

#include "cells/build_info.h"
#include "cells/environment.h"
#include "cells/process.h"
#include "cells/worker.h"

namespace reclaim::cells {
namespace {

bool sanitized() { return !build_info().sanitizer.empty(); }

ProcessEnd probe(const std::string& claimed, const std::string& preloaded) {
  const InterruptGuard guard;
  return run_process(
      {RECLAIM_FAKES, version_probe_arguments(claimed), worker_environment(preloaded), 30}, guard);
}

TEST(Allocators, OfDebianAreFoundAndTellTheirVersion) {
  if (sanitized()) GTEST_SKIP() << "a sanitizer brings its own malloc";
  const InterruptGuard guard;
  EXPECT_TRUE(allocator_version("mimalloc", RECLAIM_FAKES, guard).starts_with("2."));
  EXPECT_TRUE(allocator_version("jemalloc", RECLAIM_FAKES, guard).starts_with("5."));
  EXPECT_TRUE(allocator_version("glibc", RECLAIM_FAKES, guard).starts_with("2."));
}

TEST(Allocators, AnyLibraryWithAMallocCanBeNamedByItsPath) {
  if (sanitized()) GTEST_SKIP() << "a sanitizer brings its own malloc";
  const std::string path = find_allocator("jemalloc").preload;
  ASSERT_FALSE(path.empty());
  const InterruptGuard guard;
  EXPECT_TRUE(allocator_version(path, RECLAIM_FAKES, guard).starts_with("5."));
}

TEST(Allocators, AWorkerRefusesTheWrongOne) {
  if (sanitized()) GTEST_SKIP() << "a sanitizer brings its own malloc";
  const std::string mimalloc = find_allocator("mimalloc").preload;
  const std::string jemalloc = find_allocator("jemalloc").preload;
  const std::pair<std::string, std::string> lies[] = {
      {mimalloc, ""}, {mimalloc, jemalloc}, {"", mimalloc}};
  for (const auto& [claimed, preloaded] : lies) {
    const ProcessEnd end = probe(claimed, preloaded);
    EXPECT_EQ(end.code, 1);
    EXPECT_EQ(end.result, "");
    EXPECT_NE(end.errors.find("refusing to measure the wrong allocator"), std::string::npos)
        << end.errors;
  }
}

TEST(Allocators, ALibraryWithoutAMallocIsRefusedByTheWorker) {
  if (sanitized()) GTEST_SKIP() << "a sanitizer brings its own malloc";
  const std::string library = "/lib/" + build_info().library_triplet + "/libm.so.6";
  EXPECT_EQ(probe(library, library).code, 1);
}

TEST(WorkerEnvironment, HasNoPreloadButTheCells) {
  ::setenv("LD_PRELOAD", "", 1);
  std::size_t preloads = 0;
  for (const std::string& variable : worker_environment("/a.so")) {
    if (variable.starts_with("LD_PRELOAD=")) {
      ++preloads;
      EXPECT_EQ(variable, "LD_PRELOAD=/a.so");
    }
  }
  EXPECT_EQ(preloads, 1u);
  for (const std::string& variable : worker_environment("")) {
    EXPECT_FALSE(variable.starts_with("LD_PRELOAD=")) << variable;
  }
  ::unsetenv("LD_PRELOAD");
}

}  // namespace
}  // namespace reclaim::cells

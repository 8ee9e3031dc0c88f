// The workload from outside on the models of the tree, and on the model from outside: registered by
// their one line, they do the same work.
#include <gtest/gtest.h>

#include <string>

#include "cells/registry.h"

namespace reclaim::cells {
namespace {

RunResult run(const std::string& model) {
  const Entry* entry = find_entry(model, "ring");
  if (entry == nullptr) {
    ADD_FAILURE() << "ring on " << model << " is not registered";
    return {};
  }
  RunRequest request;
  for (const ParameterInfo& parameter : entry->workload->parameters) {
    request.context.parameters.set(parameter.name, parameter.tiny);
  }
  request.context.threads = 2;
  return entry->run(request);
}

TEST(Outside, TheWorkloadComesToOneChecksumOnTheModelsOfTheTreeAndOnTheOneFromOutside) {
  const RunResult manual = run("manual");
  EXPECT_EQ(manual.outcome.operations, 2000u);
  for (const std::string model : {"guarded", "gen"}) {
    const RunResult other = run(model);
    EXPECT_EQ(other.outcome.checksum, manual.outcome.checksum) << model;
    ASSERT_TRUE(other.census.has_value());
    EXPECT_EQ(other.census->allocated_objects, 2002u);
    EXPECT_EQ(other.census->leaked_objects, 0u);
  }
}

}  // namespace
}  // namespace reclaim::cells

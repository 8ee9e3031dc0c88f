// peer_models MODEL counted|uncounted WORKLOAD name=value...
#include <cstdio>
#include <cstring>
#include <vector>

#include "peers/models/contender.h"

namespace reclaim::peers {

namespace {
std::vector<ModelContender>& contenders() {
  static std::vector<ModelContender> all;
  return all;
}
}  // namespace

bool add_contender(const ModelContender& contender) {
  contenders().push_back(contender);
  return true;
}

namespace {

int run(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s MODEL counted|uncounted WORKLOAD name=value...\n", argv[0]);
    return 2;
  }
  const std::string_view model = argv[1];
  const bool counted = std::strcmp(argv[2], "counted") == 0;
  const Order order = parse_order(argc - 2, argv + 2);
  for (const ModelContender& contender : contenders()) {
    if (contender.model == model && contender.counted == counted &&
        contender.workload == order.workload) {
      tell(order, contender.run(order));
      return 0;
    }
  }
  std::fprintf(stderr, "%s on %s is not in this build\n", order.workload.c_str(), argv[1]);
  return 2;
}

}  // namespace
}  // namespace reclaim::peers

int main(int argc, char** argv) { return reclaim::peers::run(argc, argv); }

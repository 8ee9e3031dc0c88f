// A tree goes into bytes and comes back as it was; bytes that are no tree are refused.
#include "processes/parcel.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "base/rng.h"

namespace reclaim::processes {
namespace {

struct Node {
  std::uint64_t value;
  std::string payload;
  bool inner;
};

std::vector<Node> some_nodes(std::uint64_t seed, std::size_t count) {
  Rng rng{seed};
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    // Of every length that the format writes in a way of its own.
    const std::uint64_t value = rng.next() >> rng.below(64);
    const std::size_t length = i % 3 == 0 ? 0 : std::size_t{1} << rng.below(18);
    nodes.push_back({value, std::string(length, static_cast<char>(value)), i % 2 == 0});
  }
  return nodes;
}

std::string bytes_of_nodes(const std::vector<Node>& nodes) {
  ParcelWriter writer{nodes.size()};
  for (const Node& node : nodes) {
    writer.add({node.value, std::as_bytes(std::span(node.payload)), node.inner});
  }
  return writer.finish();
}

TEST(Parcel, GivesBackWhatWentIn) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE(seed);
    const std::vector<Node> nodes = some_nodes(seed, 100);
    const std::string bytes = bytes_of_nodes(nodes);
    ParcelReader reader{bytes};
    for (const Node& node : nodes) {
      const NodeImage image = reader.next();
      EXPECT_EQ(image.value, node.value);
      EXPECT_EQ(image.inner, node.inner);
      const std::string payload(reinterpret_cast<const char*>(image.payload.data()),
                                image.payload.size());
      EXPECT_EQ(payload, node.payload);
    }
    EXPECT_THROW(reader.next(), std::runtime_error) << "there are no more";
  }
}

TEST(Parcel, RefusesWhatWasCutOff) {
  const std::string whole = bytes_of_nodes({{7, "", true}, {1u << 20, "abc", false}});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(ParcelReader{whole.substr(0, length)}, std::runtime_error) << length;
  }
}

TEST(Parcel, RefusesWhatIsNoTree) {
  const std::string number(1, '\x07'), words("\x93\xa1\x61\xa1\x62\xa1\x63", 7);
  EXPECT_THROW(ParcelReader{number}, std::runtime_error);
  ParcelReader reader{words};
  EXPECT_THROW(reader.next(), std::runtime_error);
}

}  // namespace
}  // namespace reclaim::processes

// The format: what is written is read, and what is damaged is refused.
#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "base/rng.h"
#include "temporary_folder.h"
#include "trace/address_map.h"
#include "trace/crc32c.h"
#include "trace/reader.h"
#include "trace/varint.h"
#include "trace/writer.h"

namespace reclaim::trace {
namespace {

bool same(const Event& a, const Event& b) {
  if (a.kind != b.kind || a.thread != b.thread) return false;
  switch (a.kind) {
    case EventKind::make:
      return a.way == b.way && a.object == b.object && a.size == b.size &&
             a.alignment == b.alignment;
    case EventKind::resize:
      return a.object == b.object && a.size == b.size && a.old_size == b.old_size;
    case EventKind::free:
      return a.object == b.object && a.size == b.size;
    case EventKind::start_thread:
      return a.other == b.other;
    case EventKind::end_thread:
      return true;
  }
  return false;
}

Event event_of(EventKind kind, std::uint32_t thread, std::uint64_t object = 0,
               std::uint64_t size = 0) {
  Event event{};
  event.kind = kind;
  event.thread = thread;
  event.object = object;
  event.size = size;
  return event;
}

/// Writes `count` random events and returns them. Leaves some objects live.
std::vector<Event> write_random_trace(const std::string& path, int count, std::uint64_t seed) {
  Rng rng(seed);
  Writer writer(path, Header{{"program", "--flag", ""}, 1234567890, 42, true});
  std::vector<Event> events;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> live;  // object, size
  std::uint32_t threads = 1;
  for (int i = 0; i < count; ++i) {
    const auto thread = static_cast<std::uint32_t>(rng.below(threads));
    const std::uint64_t choice = rng.below(100);
    const std::uint64_t size = rng.below(std::uint64_t{1} << rng.below(40));
    if (choice < 2 && threads < 40) {
      Event event = event_of(EventKind::start_thread, thread);
      event.other = threads++;
      EXPECT_EQ(writer.start_thread(thread), event.other);
      events.push_back(event);
    } else if (choice < 50 || live.empty()) {
      Event event = event_of(EventKind::make, thread, 0, size);
      event.way = static_cast<Way>(rng.below(4));
      event.alignment = choice % 5 == 0 ? 1u << rng.below(31) : 0;
      event.object = writer.make(thread, event.way, size, event.alignment);
      live.emplace_back(event.object, size);
      events.push_back(event);
    } else {
      const std::size_t which = rng.below(live.size());
      if (choice < 60) {
        Event event = event_of(EventKind::resize, thread, live[which].first, size);
        event.old_size = live[which].second;
        writer.resize(thread, event.object, size);
        live[which].second = size;
        events.push_back(event);
      } else {
        const auto [object, old_size] = live[which];
        writer.free(thread, object);
        live[which] = live.back();
        live.pop_back();
        events.push_back(event_of(EventKind::free, thread, object, old_size));
      }
    }
  }
  for (std::uint32_t thread = 0; thread < threads; ++thread) {
    writer.end_thread(thread);
    events.push_back(event_of(EventKind::end_thread, thread));
  }
  writer.totals().ending = static_cast<std::uint32_t>(Ending::exit);
  writer.finish();
  return events;
}

/// The events read and, when the trace was refused, the reason.
struct ReadBack {
  std::vector<Event> events;
  std::optional<std::string> refused;
  bool damaged = false;
  bool ends_early = false;
};

ReadBack read_back(const std::string& path) {
  ReadBack result;
  try {
    Reader reader(path);
    Event event;
    while (reader.next(event)) result.events.push_back(event);
    result.ends_early = static_cast<Ending>(reader.totals().ending) != Ending::exit;
  } catch (const TraceError& error) {
    result.refused = error.what();
    result.damaged = dynamic_cast<const DamagedTrace*>(&error) != nullptr;
  }
  return result;
}

bool is_prefix(const std::vector<Event>& prefix, const std::vector<Event>& whole) {
  if (prefix.size() > whole.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (!same(prefix[i], whole[i])) return false;
  }
  return true;
}

TEST(TraceFormat, WhatIsWrittenIsRead) {
  const TestFolder folder;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    const auto events = write_random_trace(folder / "t", 100000, seed);
    const ReadBack read = read_back(folder / "t");
    ASSERT_FALSE(read.refused) << *read.refused;
    EXPECT_EQ(read.events.size(), events.size());
    EXPECT_TRUE(is_prefix(read.events, events));
    EXPECT_FALSE(read.ends_early);
  }
}

TEST(TraceFormat, TheSummaryCountsWhatTheEventsSay) {
  const TestFolder folder;
  const auto events = write_random_trace(folder / "t", 20000, 4);
  std::uint64_t live = 0, peak = 0, objects = 0, frees = 0, resizes = 0;
  for (const Event& event : events) {
    if (event.kind == EventKind::make) ++objects, live += event.size;
    if (event.kind == EventKind::resize) ++resizes, live += event.size - event.old_size;
    if (event.kind == EventKind::free) ++frees, live -= event.size;
    peak = std::max(peak, live);
  }
  const Summary summary = summarize(folder / "t");
  EXPECT_EQ(summary.totals.objects, objects);
  EXPECT_EQ(summary.totals.frees, frees);
  EXPECT_EQ(summary.totals.resizes, resizes);
  EXPECT_EQ(summary.totals.peak_live_bytes, peak);
  EXPECT_EQ(summary.totals.live_bytes, live);
  EXPECT_EQ(summary.totals.live_objects, objects - frees);
  EXPECT_EQ(summary.header.command, (std::vector<std::string>{"program", "--flag", ""}));
  EXPECT_EQ(summary.header.process, 42);
  EXPECT_TRUE(summary.header.forked);
}

TEST(TraceFormat, AChangedBitAnywhereIsRefusedInOneLineThatNamesTheFile) {
  const TestFolder folder;
  write_random_trace(folder / "t", 20, 5);
  std::string bytes = read_file(folder / "t");
  for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[byte] = static_cast<char>(bytes[byte] ^ (1 << bit));
      write_file(folder / "changed", bytes);
      bytes[byte] = static_cast<char>(bytes[byte] ^ (1 << bit));
      const ReadBack read = read_back(folder / "changed");
      ASSERT_TRUE(read.refused) << "byte " << byte << " bit " << bit;
      EXPECT_NE(read.refused->find(folder / "changed"), std::string::npos) << *read.refused;
      EXPECT_EQ(read.refused->find('\n'), std::string::npos) << *read.refused;
      if (byte >= sizeof(FilePrefix)) {
        EXPECT_TRUE(read.damaged) << *read.refused;
      }
    }
  }
}

TEST(TraceFormat, ATraceCutOffAnywhereIsAValidBeginningAndSaysThatItEndsEarly) {
  const TestFolder folder;
  const auto events = write_random_trace(folder / "t", 40000, 6);  // several blocks
  const std::string bytes = read_file(folder / "t");
  std::size_t longest = 0;
  for (std::size_t length = 0; length < bytes.size(); length += length < 200 ? 1 : 997) {
    write_file(folder / "cut", bytes.substr(0, length));
    const ReadBack read = read_back(folder / "cut");
    if (length < sizeof(FilePrefix)) {
      EXPECT_TRUE(read.refused) << length;
      continue;
    }
    if (read.refused) continue;  // within the command line
    EXPECT_TRUE(read.ends_early) << length;
    EXPECT_TRUE(is_prefix(read.events, events)) << length;
    longest = std::max(longest, read.events.size());
  }
  EXPECT_GT(longest, events.size() / 2);
}

TEST(TraceFormat, BytesBehindTheEndAreRefused) {
  const TestFolder folder;
  write_random_trace(folder / "t", 100, 7);
  write_file(folder / "longer", read_file(folder / "t") + "x");
  EXPECT_TRUE(read_back(folder / "longer").damaged);
}

/// Puts the right checksums on every block, as damage that a checksum cannot see (or malice) would.
std::string with_right_checksums(std::string bytes) {
  auto* data = reinterpret_cast<std::uint8_t*>(bytes.data());
  FilePrefix prefix;
  std::memcpy(&prefix, data, sizeof prefix);
  std::size_t at = sizeof prefix + prefix.body_bytes;
  std::uint64_t digest = 0;
  while (at + sizeof(BlockHeader) <= bytes.size()) {
    BlockHeader header;
    std::memcpy(&header, data + at, sizeof header);
    if (header.payload_bytes > bytes.size() - at - sizeof header) break;
    std::uint8_t* payload = data + at + sizeof header;
    if (header.kind == end_block) {
      std::memcpy(payload + offsetof(Totals, digest), &digest, sizeof digest);
    }
    header.payload_crc = crc32c(payload, header.payload_bytes);
    digest = fold_digest(digest, header.payload_crc);
    std::memcpy(data + at, &header, sizeof header);
    header.header_crc = crc32c(data + at, offsetof(BlockHeader, header_crc));
    std::memcpy(data + at, &header, sizeof header);
    at += sizeof header + header.payload_bytes;
  }
  return bytes;
}

TEST(TraceFormat, ImpossibleEventsUnderRightChecksumsAreRefusedOrReadAndNeverCrash) {
  const TestFolder folder;
  write_random_trace(folder / "t", 300, 8);
  const std::string bytes = read_file(folder / "t");
  ASSERT_FALSE(read_back(folder / "t").refused);
  write_file(folder / "same", with_right_checksums(bytes));
  ASSERT_FALSE(read_back(folder / "same").refused) << "the test itself breaks the trace";
  const std::size_t begin = sizeof(FilePrefix) + 16 + sizeof(BlockHeader);
  const std::uint64_t seed = 9;
  Rng rng(seed);
  int refused = 0;
  constexpr int rounds = 1000;
  for (int round = 0; round < rounds; ++round) {
    std::string changed = bytes;
    for (std::uint64_t n = 1 + rng.below(4); n != 0; --n) {
      changed[begin + rng.below(bytes.size() - begin)] = static_cast<char>(rng.next());
    }
    write_file(folder / "changed", with_right_checksums(changed));
    if (read_back(folder / "changed").refused) ++refused;
  }
  EXPECT_GT(refused, rounds * 9 / 10) << "seed " << seed;
}

TEST(TraceFormat, AFileThatIsNoTraceIsCalledThat) {
  const TestFolder folder;
  for (const std::string text : {"", "x", "#!/bin/sh\necho not a trace\n"}) {
    write_file(folder / "other", text);
    const ReadBack read = read_back(folder / "other");
    ASSERT_TRUE(read.refused);
    EXPECT_NE(read.refused->find("not a trace"), std::string::npos) << *read.refused;
  }
  EXPECT_TRUE(read_back(folder / "missing").refused);
  EXPECT_TRUE(read_back(folder.path()).refused);
}

TEST(TraceFormat, AnotherVersionIsNamed) {
  const TestFolder folder;
  write_random_trace(folder / "t", 10, 10);
  std::string bytes = read_file(folder / "t");
  bytes[offsetof(FilePrefix, version)] = 7;
  write_file(folder / "t", bytes);
  const ReadBack read = read_back(folder / "t");
  ASSERT_TRUE(read.refused);
  EXPECT_NE(read.refused->find("version 7"), std::string::npos) << *read.refused;
}

TEST(Crc32c, HasTheValueOfTheStandardsTestVector) {
  const std::string digits = "123456789";
  EXPECT_EQ(crc32c(reinterpret_cast<const std::uint8_t*>(digits.data()), digits.size()),
            0xe3069283u);
}

TEST(Varint, RefusesWhatDoesNotFitAndWhatIsCutOff) {
  std::uint8_t bytes[varint_most_bytes];
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                                    std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    const std::uint8_t* end = put_varint(bytes, value);
    const std::uint8_t* at = bytes;
    std::uint64_t read = 0;
    ASSERT_TRUE(get_varint(at, end, read));
    EXPECT_EQ(read, value);
    EXPECT_EQ(at, end);
    at = bytes;
    EXPECT_FALSE(get_varint(at, end - 1, read));
    EXPECT_EQ(unzigzag(zigzag(value)), value);
  }
  bytes[9] = 2;  // the last of ten bytes: bit 64
  const std::uint8_t* at = bytes;
  std::uint64_t read = 0;
  EXPECT_FALSE(get_varint(at, bytes + 10, read));
}

TEST(AddressMap, AgreesWithAPlainListUnderRandomUse) {
  const std::uint64_t seed = 11;
  Rng rng(seed);
  AddressMap map;
  std::vector<std::optional<std::uint64_t>> plain(5000);
  for (std::uint64_t step = 0; step < 200000; ++step) {
    const std::uint64_t slot = rng.below(plain.size());
    const std::uint64_t address = (slot + 1) * 16;
    if (rng.below(2) == 0) {
      EXPECT_EQ(map.put(address, step), plain[slot]) << "seed " << seed << " step " << step;
      plain[slot] = step;
    } else {
      EXPECT_EQ(map.get(address), plain[slot]);
      EXPECT_EQ(map.take(address), plain[slot]) << "seed " << seed << " step " << step;
      plain[slot] = std::nullopt;
    }
  }
}

}  // namespace
}  // namespace reclaim::trace

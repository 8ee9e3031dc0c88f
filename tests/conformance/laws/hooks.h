// Law 14: a type that asks to be told when its objects are reclaimed is told once for each, with
// what it wanted to know, and at the time that the model's kind promises.
#pragma once

#include "conformance.h"

namespace reclaim::conformance {

/// A file that wants to be closed: the number is what there is to know, `closed` counts by number.
struct File : M::template Object<File, Cyclic> {
  Field<File> other;
  Field<Link> buffer;
  std::int64_t number = 0;
  static constexpr auto refs() { return std::tuple{&File::other, &File::buffer}; }
  static constexpr auto reclaim_data() { return &File::number; }
  static void on_reclaim(std::int64_t number) {
    ++closed;
    sum_of_numbers += number;
  }

  static inline std::atomic<int> closed{0};
  static inline std::atomic<std::int64_t> sum_of_numbers{0};
  static void forget() { closed = 0, sum_of_numbers = 0; }
};

inline Fresh<File> open_file(Mutator& m, std::int64_t number) {
  Local<File> file{m, m.make<File>()};
  file->number = number;
  return m.escape(file);
}

TEST(Hook, IsCalledOnceForEachObjectWithItsData) {
  File::forget();
  const int files = rounds(3000, 40);
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Array<File>> kept{m, m.make_array<File>(16)};
    for (int number = 1; number <= files; ++number) {
      Local<File> file{m, open_file(m, number)};
      m.store(file, &File::buffer, make_list(m, 2));
      Local<File> older{m, m.load(kept, static_cast<std::size_t>(number) % 16)};
      m.store(kept, static_cast<std::size_t>(number) % 16, file);
      if (!older) continue;
      Local<Link> buffer{m, m.load(older, &File::buffer)};
      drop_list(m, buffer);
      drop(m, older);
    }
    for (std::size_t i = 0; i < 16; ++i) {
      Local<File> file{m, m.load(kept, i)};
      m.store(kept, i, nullptr);
      Local<Link> buffer{m, m.load(file, &File::buffer)};
      drop_list(m, buffer);
      drop(m, file);
    }
    drop(m, kept);
    m.collect();
    const int told = traits.reclaims ? files : 0;
    EXPECT_EQ(File::closed, told);
    EXPECT_EQ(File::sum_of_numbers, std::int64_t{told} * (told + 1) / 2);
  }
  heap.census();
  EXPECT_EQ(File::closed, traits.reclaims ? files : 0) << "a second time for none";
}

TEST(Hook, IsNotCalledWhileTheObjectLives) {
  File::forget();
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<File> file{m, open_file(m, 1)};
  for (int i = 0; i < 5; ++i) {
    churn(m, rounds(2000, 20));
    m.collect();
    EXPECT_EQ(File::closed, 0);
  }
  drop(m, file);
  if (traits.reclaims && !traits.moves) {
    EXPECT_EQ(File::closed, 1) << "at once where objects die at once";
  }
  m.collect();
  EXPECT_EQ(File::closed, traits.reclaims ? 1 : 0) << "before collect() returns";
}

TEST(Hook, IsCalledForCyclesWhereTheyAreCollectedAndNotForWhatLeaks) {
  const LeaksOnPurpose cycles_leak;
  File::forget();
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<File> one{m, open_file(m, 1)};
    Local<File> other{m, open_file(m, 2)};
    m.store(one, &File::other, other);
    m.store(other, &File::other, one);
    drop(m, one);
    drop(m, other);
    m.collect();
    EXPECT_EQ(File::closed, traits.collects_cycles || traits.wants_discard ? 2 : 0);
  }
}

TEST(Hook, IsCalledOnceForEachWithManyThreads) {
  for (const int threads : {1, 2, 4, 8}) {
    File::forget();
    const int files = rounds(2000, 20);
    Heap heap{heap_options()};
    with_mutators(heap, threads, [&](Mutator& m, int) {
      for (int number = 1; number <= files; ++number) {
        Local<File> file{m, open_file(m, number)};
        drop(m, file);
        if (number % 500 == 0) m.collect();
      }
    });
    heap.census();
    EXPECT_EQ(File::closed, traits.reclaims ? threads * files : 0);
  }
}

TEST(Hook, IsToldOfLargeObjectsToo) {
  struct Archive : M::template Object<Archive> {
    std::int64_t words[5000] = {};
    std::int64_t number = 0;
    static constexpr auto reclaim_data() { return &Archive::number; }
    static void on_reclaim(std::int64_t number) { File::on_reclaim(number); }
  };
  File::forget();
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Archive> archive{m, m.make<Archive>()};
  archive->number = 42;
  m.collect();
  EXPECT_EQ(File::closed, 0);
  drop(m, archive);
  m.collect();
  EXPECT_EQ(File::sum_of_numbers, traits.reclaims ? 42 : 0);
}

}  // namespace reclaim::conformance

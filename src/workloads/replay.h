// replay: the allocations of a real program, as `reclaim record` found them: the same objects,
// sizes and alignments, on the same threads, in the same order wherever threads met over an object.
// Who pointed to whom is not in a trace, so each object hangs in a slot of its mutator's table (or,
// where several mutators use it, in a Global) from its making to its end: what that costs beside
// the program's own work is the same for every model but for its barriers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/bits.h"
#include "base/spin_barrier.h"
#include "boundary/model.h"
#include "boundary/workload.h"
#include "trace/program.h"
#include "workloads/mapped_objects.h"
#include "workloads/replay_progress.h"

namespace reclaim {

inline constexpr ParameterInfo replay_parameters[] = {
    {"lockstep", "1: every event in the recorded global order; 0: only where threads met", 0, 0, 0,
     0, 1},
    {"repeat", "times the trace is played; 0: until it makes about a million events", 1, 0, 1, 0,
     1e6},
};

namespace replay {

inline constexpr std::uint64_t wanted_events = 1'000'000;
inline constexpr std::uint64_t most_repeated_bytes = std::uint64_t{1} << 30;

/// How often the trace is played: for `repeat` 0 by its size, and by what `null` would never free.
inline std::uint64_t repeats(const WorkloadContext& context, const trace::Totals& totals) {
  const auto asked = static_cast<std::uint64_t>(context.parameters.integer("repeat"));
  if (asked != 0) return asked;
  const std::uint64_t bytes = totals.made_bytes + totals.resized_bytes;
  return std::clamp<std::uint64_t>(
      std::min(wanted_events / std::max<std::uint64_t>(totals.events, 1),
               most_repeated_bytes / std::max<std::uint64_t>(bytes, 1)),
      1, 1000);
}

/// The recorded peak and the tables of slots (a slot is a reference).
inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const trace::Totals& totals = trace::demand_of(context.argument).totals;
  return totals.peak_live_bytes + totals.peak_live_objects * sizeof(void*);
}

/// As many as the program had threads, or more precisely as could run at a time.
inline int threads(const WorkloadContext& context) {
  return trace::demand_of(context.argument).mutators;
}

}  // namespace replay

inline constexpr WorkloadInfo replay_info{
    .id = "replay",
    .shows = "the allocations of a real program: sizes, lifetimes, threads, and who frees what",
    .origin = "a recorded program",
    .parameters = replay_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = replay::peak_live_bytes,
    .threads = replay::threads,
    .argument_name = "FILE",
    .shares = [](const WorkloadContext&) -> std::string_view {
      return "what the recorded program's threads shared";
    }};

template <Model M>
class Replay {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Table = typename M::template Array<Blob>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;
  template <class T>
  using Global = typename M::template Global<T>;
  using OpKind = trace::OpKind;

 public:
  /// Throws trace::TraceError when the trace cannot be read.
  Replay(Mutator& m, const WorkloadContext& context)
      : seed_(context.seed),
        program_(context.argument, context.threads, context.parameters.integer("lockstep") != 0),
        repeats_(replay::repeats(context, program_.totals())),
        progress_(static_cast<std::size_t>(context.threads)),
        live_bytes_(context.threads == 1 || context.parameters.integer("lockstep") != 0),
        turn_(context.threads),
        tables_(static_cast<std::size_t>(context.threads), m.heap()),
        shared_(program_.shared_slots(), m.heap()) {
    for (int i = 0; i < context.threads; ++i) {
      Local<Table> table{m, m.template make_array<Blob>(program_.slots(i))};
      m.store(tables_[static_cast<std::size_t>(i)], table);
    }
  }

  Outcome run(Mutator& m, int thread) {
    Share share{static_cast<std::size_t>(thread), {}, 0, 0, 0};
    Local<Table> table{m, m.load(tables_[share.mutator])};
    for (; share.time < repeats_; ++share.time) {
      for (const trace::Op& op : program_.ops(thread)) perform(m, share, table, op);
      end_playing(m, share);
    }
    return share.outcome;
  }

  void finish(Mutator& m) {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      Local<Table> table{m, m.load(tables_[i])};
      m.store(tables_[i], nullptr);
      m.discard(table);
    }
  }

  std::vector<std::pair<std::string, double>> extra() const {
    const trace::Totals& totals = program_.totals();
    std::uint64_t slots = program_.shared_slots();
    for (int i = 0; i < program_.mutators(); ++i) slots += program_.slots(i);
    const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
    return {{"repeats", number(repeats_)},
            {"recorded_threads", number(totals.threads)},
            {"recorded_objects", number(totals.objects)},
            {"recorded_bytes", number(totals.made_bytes)},
            {"recorded_resizes", number(totals.resizes)},
            {"recorded_peak_live_bytes", number(totals.peak_live_bytes)},
            {"replayed_peak_live_bytes", number(live_bytes_.peak())},
            {"unfreed_in_recording_objects", number(totals.live_objects)},
            {"unfreed_in_recording_bytes", number(totals.live_bytes)},
            {"object_table_slots", number(slots)}};
  }

 private:
  /// What one mutator knows.
  struct Share {
    std::size_t mutator;
    Outcome outcome;
    std::uint64_t next_object;  ///< recorded number of the object that it makes next
    std::uint64_t time;         ///< how often the trace was played before
    std::int64_t kept_bytes;    ///< not yet in live_bytes_
  };

  /// The bytes of an object that carry its pattern: the first eight, or all.
  static std::size_t patterned(std::uint64_t size) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(size, sizeof(std::uint64_t)));
  }
  void stamp(const Local<Blob>& blob, std::uint64_t object) const {
    const std::uint64_t value = pattern(seed_, object);
    std::memcpy(blob->data(), &value, patterned(blob->size()));
  }
  /// A use of the object: `bytes` of its pattern and its size go into the checksum.
  static void fold(Outcome& outcome, const Local<Blob>& blob, std::size_t bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, blob->data(), bytes);
    outcome.checksum += mix(value + blob->size());
  }

  void perform(Mutator& m, Share& share, const Local<Table>& table, const trace::Op& op) {
    switch (op.kind) {
      case OpKind::make: {
        Local<Blob> blob{m, make(m, share, op)};
        m.store(table, op.slot, blob);
        return;
      }
      case OpKind::make_shared: {
        Local<Blob> blob{m, make(m, share, op)};
        m.store(shared_[op.slot], blob);
        return;
      }
      case OpKind::resize: {
        Local<Blob> blob{m, m.load(table, op.slot)};
        m.store(table, op.slot, nullptr);
        Local<Blob> resized{m, resize(m, share, blob, op.value)};
        m.store(table, op.slot, resized);
        return;
      }
      case OpKind::resize_shared: {
        Local<Blob> blob{m, m.load(shared_[op.slot])};
        m.store(shared_[op.slot], nullptr);
        Local<Blob> resized{m, resize(m, share, blob, op.value)};
        m.store(shared_[op.slot], resized);
        return;
      }
      case OpKind::free: {
        m.poll();  // a program that frees for long is not to be waited for
        Local<Blob> blob{m, m.load(table, op.slot)};
        m.store(table, op.slot, nullptr);
        free(m, share, blob);
        return;
      }
      case OpKind::free_shared: {
        m.poll();
        Local<Blob> blob{m, m.load(shared_[op.slot])};
        m.store(shared_[op.slot], nullptr);
        free(m, share, blob);
        return;
      }
      case OpKind::number:
        share.next_object = op.value;
        return;
      case OpKind::wait:
        wait_for(m, share, op.slot, op.value);
        return;
      case OpKind::publish:
        progress_.publish(share.mutator, published_before(share, share.mutator) + op.value);
        return;
    }
  }

  Fresh<Blob> make(Mutator& m, Share& share, const trace::Op& op) {
    const std::size_t alignment = std::max(alignof(void*), std::size_t{1} << op.alignment_log2);
    Local<Blob> blob{m, m.make_blob(op.value, alignment)};
    stamp(blob, share.next_object++);
    ++share.outcome.operations;
    live_bytes_.add(share.kept_bytes, static_cast<std::int64_t>(op.value));
    return m.escape(blob);
  }

  Fresh<Blob> resize(Mutator& m, Share& share, Local<Blob>& blob, std::uint64_t size) {
    const std::uint64_t old_size = blob->size();
    Local<Blob> resized{m, m.resize(blob, size)};
    fold(share.outcome, resized, patterned(std::min(old_size, size)));
    stamp(resized, old_size + size);
    ++share.outcome.operations;
    live_bytes_.add(share.kept_bytes,
                    static_cast<std::int64_t>(size) - static_cast<std::int64_t>(old_size));
    return m.escape(resized);
  }

  void free(Mutator& m, Share& share, Local<Blob>& blob) {
    fold(share.outcome, blob, patterned(blob->size()));
    ++share.outcome.operations;
    live_bytes_.add(share.kept_bytes, -static_cast<std::int64_t>(blob->size()));
    m.discard(blob);
  }

  std::uint64_t published_before(const Share& share, std::size_t mutator) const {
    return share.time * program_.publications(static_cast<int>(mutator));
  }

  void wait_for(Mutator& m, const Share& share, std::size_t mutator, std::uint64_t count) {
    count += published_before(share, mutator);
    if (progress_.reached(mutator, count)) return;
    m.blocking([&] { progress_.wait(mutator, count); });
  }

  /// When everybody has played, the first drops what the program never freed, so that it does not
  /// count as the model's leak; then everybody goes on.
  void end_playing(Mutator& m, Share& share) {
    m.blocking([&] { turn_.arrive_and_wait(); });
    share.kept_bytes = 0;
    if (share.mutator == 0) {
      drop_unfreed(m, share.outcome);
      live_bytes_.restart();
    }
    m.blocking([&] { turn_.arrive_and_wait(); });
  }

  void drop_unfreed(Mutator& m, Outcome& outcome) {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      Local<Table> table{m, m.load(tables_[i])};
      for (std::size_t slot = 0; slot < table->length(); ++slot) {
        Local<Blob> blob{m, m.load(table, slot)};
        if (!blob) continue;
        m.store(table, slot, nullptr);
        fold(outcome, blob, patterned(blob->size()));
        m.discard(blob);
      }
    }
    for (std::size_t slot = 0; slot < shared_.size(); ++slot) {
      Local<Blob> blob{m, m.load(shared_[slot])};
      if (!blob) continue;
      m.store(shared_[slot], nullptr);
      fold(outcome, blob, patterned(blob->size()));
      m.discard(blob);
    }
  }

  const std::uint64_t seed_;
  const trace::Program program_;
  const std::uint64_t repeats_;
  replay::Progress progress_;
  replay::LiveBytes live_bytes_;
  SpinBarrier turn_;
  MappedObjects<Global<Table>> tables_;
  MappedObjects<Global<Blob>> shared_;
};

}  // namespace reclaim

// Three readings of the trace, all in global order: which objects are shared; after which events
// somebody waits; and then, by the same rules, the operations.

#include "trace/program.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "trace/reader.h"

namespace reclaim::trace {
namespace {

/// Which mutator performs each recorded thread.
class Assignment {
 public:
  /// `most` 0: as many as it takes.
  explicit Assignment(std::size_t most) : most_(most) { take(0); }

  std::uint32_t of(std::uint32_t thread) const { return mutator_of_[thread]; }
  /// How many mutators were ever needed at once.
  std::size_t needed() const { return threads_on_.size(); }

  void start(std::uint32_t thread) { take(thread); }
  void end(std::uint32_t thread) {
    auto& on = threads_on_[mutator_of_[thread]];
    if (on != 0) --on;
  }

 private:
  void take(std::uint32_t thread) {
    auto least = std::min_element(threads_on_.begin(), threads_on_.end());
    if ((least == threads_on_.end() || *least != 0) && (most_ == 0 || threads_on_.size() < most_)) {
      least = threads_on_.insert(threads_on_.end(), 0);
    }
    ++*least;
    if (thread >= mutator_of_.size()) mutator_of_.resize(thread + 1);
    mutator_of_[thread] = static_cast<std::uint32_t>(least - threads_on_.begin());
  }

  std::size_t most_;
  std::vector<std::uint32_t> threads_on_;  // by mutator: recorded threads that have not ended
  std::vector<std::uint32_t> mutator_of_;  // by recorded thread
};

/// Slots of one mutator's own objects: the last given back is the first taken, for it is warm.
class SlotPool {
 public:
  explicit SlotPool(std::size_t most) : next_(most) {}
  std::uint32_t take() { return head_ == none ? used_++ : std::exchange(head_, next_[head_]); }
  void give_back(std::uint32_t slot) { next_[slot] = std::exchange(head_, slot); }
  std::uint32_t used() const { return used_; }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  MappedArray<std::uint32_t> next_;
  std::uint32_t head_ = none;
  std::uint32_t used_ = 0;
};

/// A point in one mutator's work.
struct Place {
  std::uint32_t mutator;  ///< 1 + mutator; 0: nowhere
  std::uint64_t time;     ///< first walk: 1 + number of the event; second: publications till then
};

/// Slots of shared objects. Whoever takes one has to come after whoever gave it back; so that this
/// holds nobody up, it is the one that was given back longest ago, and not one of the last few.
class SharedSlotPool {
 public:
  explicit SharedSlotPool(std::size_t most_frees) : freed_(most_frees) {}
  std::uint32_t take(Place& freed_at) {
    if (last_ - first_ < slack) return used_++;
    freed_at = freed_[first_].at;
    return freed_[first_++].slot;
  }
  void give_back(std::uint32_t slot, const Place& at) { freed_[last_++] = Freed{at, slot}; }
  std::uint32_t used() const { return used_; }

 private:
  static constexpr std::size_t slack = 4096;
  struct Freed {
    Place at;
    std::uint32_t slot;
  };
  MappedArray<Freed> freed_;
  std::size_t first_ = 0, last_ = 0;
  std::uint32_t used_ = 0;
};

/// What each mutator knows of the others' progress, so that it never waits for the same twice.
class Knowledge {
 public:
  explicit Knowledge(std::size_t mutators) : count_(mutators), known_(mutators * mutators) {}
  /// True, and from now on known, when `mutator` cannot yet know that `place` was reached.
  bool learn(std::uint32_t mutator, const Place& place) {
    if (place.mutator == 0 || place.mutator == mutator + 1) return false;
    std::uint64_t& known = known_[mutator * count_ + place.mutator - 1];
    if (known >= place.time) return false;
    known = place.time;
    return true;
  }

 private:
  std::size_t count_;
  std::vector<std::uint64_t> known_;
};

}  // namespace

class ProgramBuilder {
 public:
  ProgramBuilder(Program& program, const std::string& path, std::size_t mutators, bool lockstep)
      : program_(program),
        path_(path),
        mutators_(mutators),
        lockstep_(lockstep),
        totals_(demand_of(path).totals),
        shared_(totals_.objects),
        waited_for_(totals_.events) {}

  void build() {
    find_shared_objects();
    for (std::size_t i = 0; i < mutators_; ++i) {
      program_.parts_.emplace_back(totals_.events * ops_per_event_most);
    }
    walk(false);
    walk(true);
    program_.totals_ = totals_;
  }

 private:
  static constexpr std::size_t ops_per_event_most = 7;  // four waits, number, the event, publish

  /// Goes through the trace and calls on_start(thread, creator's mutator) and
  /// on_event(event, mutator, number).
  template <class OnStart, class OnEvent>
  void read(OnStart on_start, OnEvent on_event) {
    Assignment assignment(mutators_);
    Reader reader(path_);
    Event event{};
    std::uint64_t number = 0;
    while (reader.next(event)) {
      switch (event.kind) {
        case EventKind::start_thread:
          on_start(event.other, assignment.of(event.thread));
          assignment.start(event.other);
          break;
        case EventKind::end_thread:
          assignment.end(event.thread);
          break;
        default:
          require(number < totals_.events, "a trace changed while it was read");
          on_event(event, assignment.of(event.thread), number++);
      }
    }
  }

  void find_shared_objects() {
    MappedArray<std::uint32_t> user(totals_.objects);  // 1 + mutator
    read([](std::uint32_t, std::uint32_t) {},
         [&](const Event& event, std::uint32_t mutator, std::uint64_t) {
           std::uint32_t& first_user = user[event.object];
           if (first_user == 0) first_user = mutator + 1;
           if (first_user != mutator + 1) shared_[event.object] = 1;
         });
  }

  /// First without writing, to find the events that somebody waits for; then once more.
  void walk(bool writing) {
    std::vector<SlotPool> own;
    for (std::size_t i = 0; i < mutators_; ++i) own.emplace_back(totals_.peak_live_objects);
    SharedSlotPool shared(totals_.objects);
    MappedArray<std::uint32_t> slot_of(totals_.objects);
    MappedArray<Place> last_use(totals_.objects);
    std::vector<Place> last_of(mutators_), starts;
    std::vector<std::uint64_t> next_number(mutators_, totals_.objects);  // said at the first make
    Place previous{};
    Knowledge knowledge(mutators_);
    const auto on_start = [&](std::uint32_t thread, std::uint32_t creator) {
      if (thread >= starts.size()) starts.resize(thread + 1);
      starts[thread] = last_of[creator];
    };
    const auto on_event = [&](const Event& event, std::uint32_t mutator, std::uint64_t number) {
      Program::Part& part = program_.parts_[mutator];
      const auto put = [&](const Op& op) {
        if (writing) part.ops[part.count++] = op;
      };
      const auto after = [&](const Place& cause) {
        if (!knowledge.learn(mutator, cause)) return;
        if (!writing) waited_for_[cause.time - 1] = 1;
        put({cause.mutator - 1, OpKind::wait, 0, 0, cause.time});
      };
      const std::uint64_t id = event.object;
      if (event.thread < starts.size()) after(std::exchange(starts[event.thread], Place{}));
      if (lockstep_) after(previous);
      after(last_use[id]);

      const bool is_shared = shared_[id] != 0;
      const auto kind = [&](OpKind alone, OpKind together) { return is_shared ? together : alone; };
      if (event.kind == EventKind::make) {
        Place freed{};
        slot_of[id] = is_shared ? shared.take(freed) : own[mutator].take();
        after(freed);
        if (next_number[mutator] != id) put({0, OpKind::number, 0, 0, id});
        next_number[mutator] = id + 1;
        const int log2 = event.alignment == 0 ? 0 : std::countr_zero(event.alignment);
        put({slot_of[id], kind(OpKind::make, OpKind::make_shared), static_cast<std::uint8_t>(log2),
             0, event.size});
      } else if (event.kind == EventKind::resize) {
        put({slot_of[id], kind(OpKind::resize, OpKind::resize_shared), 0, 0, event.size});
      } else {
        put({slot_of[id], kind(OpKind::free, OpKind::free_shared), 0, 0, event.size});
      }

      if (writing && waited_for_[number] != 0) {
        put({0, OpKind::publish, 0, 0, ++part.publications});
      }
      const Place here{mutator + 1, writing ? part.publications : number + 1};
      if (event.kind == EventKind::free) {
        if (is_shared) {
          shared.give_back(slot_of[id], here);
        } else {
          own[mutator].give_back(slot_of[id]);
        }
      }
      last_use[id] = previous = last_of[mutator] = here;
    };
    read(on_start, on_event);
    for (std::size_t i = 0; i < mutators_; ++i) program_.parts_[i].slots = own[i].used();
    program_.shared_slots_ = shared.used();
  }

  Program& program_;
  const std::string& path_;
  const std::size_t mutators_;
  const bool lockstep_;
  const Totals totals_;
  MappedArray<std::uint8_t> shared_;      // by object
  MappedArray<std::uint8_t> waited_for_;  // by event
};

Program::Program(const std::string& path, int mutators, bool lockstep) {
  require(mutators >= 1, "a replay needs a mutator");
  parts_.reserve(static_cast<std::size_t>(mutators));
  ProgramBuilder(*this, path, static_cast<std::size_t>(mutators), lockstep).build();
}

const Demand& demand_of(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, Demand> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(path);
  if (found != known.end()) return found->second;
  Assignment assignment(0);
  Reader reader(path);
  Event event{};
  while (reader.next(event)) {
    if (event.kind == EventKind::start_thread) assignment.start(event.other);
    if (event.kind == EventKind::end_thread) assignment.end(event.thread);
  }
  return known.emplace(path, Demand{reader.totals(), static_cast<int>(assignment.needed())})
      .first->second;
}

}  // namespace reclaim::trace

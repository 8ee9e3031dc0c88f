// Finding what lives in the old generation. One worker begins, alone; when it has traced many
// objects and there are more, it calls the crew. Together, each marks only what lies in the blocks
// that it owns (territory.h), so that a mark is a plain store:
//     an object on a worker's grey stack lies in a block of that worker's, or in the large space.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "models/gen/dawdler.h"
#include "models/gen/exchange.h"
#include "models/gen/heap.h"

namespace reclaim::gen {

class Marker;

/// The world is stopped, and the nursery holds nothing but pinned blobs.
class Marking {
 public:
  explicit Marking(Heap& heap) : heap_(heap) {}
  /// Afterwards the start and the words of every reachable object are marked in the old space; and
  /// other reachable objects have header::marked set.
  void run();

 private:
  friend class Marker;
  void trace_strong(Marker& first);

  Heap& heap_;
  Exchange<Object*> exchange_;
};

/// One worker of it.
class Marker {
 public:
  Marker(Marking& marking, unsigned worker);

  void mark_roots();
  /// Traces grey objects until there are none, or `most` have been traced and there are more:
  /// false.
  bool drain_alone(std::size_t most);
  /// Takes the blocks of its grey objects for its own.
  void settle();
  void drain_together();
  /// What does not keep alive, once everything else has been traced; the other workers have gone.
  void visit_weakly();

 private:
  template <bool together>
  void mark(Object* object);
  template <bool together>
  void trace(Object* object);
  template <bool together>
  bool drain(std::size_t most);
  void send(unsigned owner, Object* object);
  void flush_letters();
  void share();

  static constexpr std::size_t batch = 128;
  struct Outbox {
    std::size_t count = 0;
    std::array<Object*, batch> letters;
  };

  Marking& marking_;
  Heap& heap_;
  OldSpace& old_;
  const unsigned worker_;
  const KindTable& kinds_;
  GrowingStack<Object*>& grey_;
  Dawdler dawdle_;
  std::array<Outbox, workers_most> outboxes_;
};

}  // namespace reclaim::gen

// A workload that breaks the boundary: it keeps a raw pointer to an object.
#pragma once

#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

template <Model M>
class RawPointerWorkload {
 public:
  Outcome run(typename M::Mutator& m, int) {
    using Node = probe::Node<M>;
    typename M::template Local<Node> local{m, m.template make<Node>()};
    Node* raw = local.get();
    raw->key = 7;
    Outcome outcome{static_cast<std::uint64_t>(local->key), 1};
    m.discard(local);
    return outcome;
  }
};

}  // namespace reclaim

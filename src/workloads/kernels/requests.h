// A request, as a program makes one that waits: a record of the heap goes out, another comes back,
// and meanwhile the thread is `blocking`. What is out there does with the bytes what it likes; the
// answer's last use folds them into the checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bits.h"
#include "base/mapping.h"
#include "boundary/model.h"
#include "boundary/workload.h"
#include "workloads/kernels/exchange.h"

namespace reclaim::kernels {

/// The numbers [first, last).
struct Share {
  std::uint64_t first, last;
  std::size_t size() const { return static_cast<std::size_t>(last - first); }
};

/// Thread t of n has [total * t / n, total * (t + 1) / n).
inline Share share_of(std::uint64_t total, int thread, int threads) {
  const auto t = static_cast<std::uint64_t>(thread), n = static_cast<std::uint64_t>(threads);
  return {total * t / n, total * (t + 1) / n};
}

/// What `threads` hold that each wait for one answer.
inline std::uint64_t bytes_of_requests(const WorkloadContext& context) {
  const auto bytes = static_cast<std::uint64_t>(context.parameters.integer("bytes"));
  return static_cast<std::uint64_t>(context.threads) * (2 * bytes + 8);
}

template <Model M>
typename M::template Fresh<typename M::Blob> make_record(typename M::Mutator& m, std::uint64_t seed,
                                                         std::uint64_t number, std::size_t bytes) {
  typename M::template Local<typename M::Blob> record{m, m.make_blob(bytes)};
  for (std::size_t k = 0; k < bytes; ++k) {
    record->data()[k] = static_cast<std::byte>(pattern(seed, number * bytes + k));
  }
  return m.escape(record);
}

inline std::uint64_t digest(std::uint64_t number, const std::byte* answer, std::size_t bytes) {
  std::uint64_t sum = 0;
  for (std::size_t k = 0; k < bytes; ++k) sum = sum * 31 + static_cast<std::uint64_t>(answer[k]);
  return mix(sum + number);
}

/// The request of that number; `wait(from, to)` is done while the thread is blocking.
template <Model M, class Wait>
Outcome request(typename M::Mutator& m, std::uint64_t seed, std::uint64_t number, std::size_t bytes,
                Wait&& wait) {
  using Blob = typename M::Blob;
  using Local = typename M::template Local<Blob>;
  using Queue = typename M::template Array<Blob>;
  typename M::template Local<Queue> queue{m, m.template make_array<Blob>(1)};
  m.store(queue, 0, make_record<M>(m, seed, number, bytes));
  Local in{m, m.make_blob(bytes)};
  Local out{m, m.load(queue, 0)};
  m.store(queue, 0, nullptr);
  const std::byte* const from = m.pin(out);
  std::byte* const to = m.pin(in);
  m.blocking([&] { wait(from, to); });
  const Outcome outcome{digest(number, to, bytes), 1};
  m.unpin(in);
  m.unpin(out);
  m.discard(out);
  m.discard(in);
  m.discard(queue);
  return outcome;
}

/// All requests of a share at the same time; `wait(exchanges)` is done while the thread is
/// blocking, also where the share is empty. Locals die in the reverse order of their birth, so no
/// coroutine can hold one while it waits: the records lie in arrays, pinned.
template <Model M, class Wait>
Outcome requests_at_once(typename M::Mutator& m, std::uint64_t seed, Share share, std::size_t bytes,
                         Wait&& wait) {
  using Blob = typename M::Blob;
  using Local = typename M::template Local<Blob>;
  using Queue = typename M::template Array<Blob>;
  if (share.size() == 0) {
    m.blocking([&] { wait(std::span<const Exchange>{}); });
    return {};
  }
  typename M::template Local<Queue> outs{m, m.template make_array<Blob>(share.size())};
  typename M::template Local<Queue> ins{m, m.template make_array<Blob>(share.size())};
  MappedArray<Exchange> exchanges(share.size());
  for (std::size_t i = 0; i < share.size(); ++i) {
    m.store(outs, i, make_record<M>(m, seed, share.first + i, bytes));
    m.store(ins, i, m.make_blob(bytes));
    Local out{m, m.load(outs, i)}, in{m, m.load(ins, i)};
    exchanges[i].from = m.pin(out);
    exchanges[i].to = m.pin(in);
  }
  m.blocking([&] { wait(std::span<const Exchange>{exchanges.begin(), exchanges.end()}); });
  Outcome outcome;
  for (std::size_t i = 0; i < share.size(); ++i) {
    outcome += {digest(share.first + i, exchanges[i].to, bytes), 1};
    Local out{m, m.load(outs, i)}, in{m, m.load(ins, i)};
    m.store(outs, i, nullptr);
    m.store(ins, i, nullptr);
    m.unpin(in);
    m.unpin(out);
    m.discard(in);
    m.discard(out);
  }
  m.discard(ins);
  m.discard(outs);
  return outcome;
}

}  // namespace reclaim::kernels

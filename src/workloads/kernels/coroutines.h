// What is done on one thread with Asio (C++20 coroutines): the server, and many requests at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "workloads/kernels/exchange.h"

namespace reclaim::kernels {

struct Service {
  std::size_t bytes = 0;      ///< of a record, and of its answer
  std::int64_t delay_us = 0;  ///< until it is answered
  std::size_t gather = 0;     ///< 0: each on its own; else none is answered before so many wait
};

/// Answers records until its starter closes stdin. Its port is the first number (8 bytes) on
/// stdout; where it gathers, a second follows once all wait, and they are answered when a byte
/// comes in.
void serve(const Service& service);

/// All exchanges at the same time, a coroutine and a connection each, in the calling thread. There
/// too, `then` is called once when `watched` is readable.
void exchange_by_coroutines(std::uint16_t port, std::span<const Exchange> exchanges,
                            std::size_t bytes, int watched = -1,
                            const std::function<void()>& then = {});

}  // namespace reclaim::kernels

// native: threads multiply matrices inside a blocking call, as NumPy's kernels do for Python: the
// objects are the model's, the arithmetic is nobody's business. Under a GIL such a call lets others
// run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo native_parameters[] = {
    {"products", "matrix products of all threads together", 8, 256, 4096, 1, 1e12},
    {"side", "rows and columns of a matrix", 8, 96, 96, 1, 4096},
};

namespace native {

/// c = a * b modulo 2^32, all of side x side.
inline void multiply(const std::uint32_t* a, const std::uint32_t* b, std::uint32_t* c,
                     std::size_t side) {
  std::memset(c, 0, side * side * sizeof *c);
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t k = 0; k < side; ++k) {
      for (std::size_t j = 0; j < side; ++j) c[i * side + j] += a[i * side + k] * b[k * side + j];
    }
  }
}

inline std::uint64_t matrix_bytes(const WorkloadContext& context) {
  const auto side = static_cast<std::uint64_t>(context.parameters.integer("side"));
  return side * side * sizeof(std::uint32_t);
}

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  return static_cast<std::uint64_t>(context.threads) * (3 * matrix_bytes(context) + 16);
}

}  // namespace native

inline constexpr WorkloadInfo native_info{
    .id = "native",
    .shows = "computing outside of the interpreter: a GIL is let go meanwhile, and threads gain",
    .origin = "of this project; NumPy's place in Python",
    .parameters = native_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = native::peak_live_bytes,
    .shares = shares_nothing};

template <Model M>
class Native {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Blobs = typename M::template Array<Blob>;
  using Local = typename M::template Local<Blob>;

 public:
  Native(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(static_cast<std::uint64_t>(context.threads)),
        products_(static_cast<std::uint64_t>(context.parameters.integer("products"))),
        side_(static_cast<std::size_t>(context.parameters.integer("side"))) {}

  /// Thread t has the products [products * t / threads, products * (t + 1) / threads).
  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    const auto t = static_cast<std::uint64_t>(thread);
    for (std::uint64_t i = products_ * t / threads_; i < products_ * (t + 1) / threads_; ++i) {
      typename M::template Local<Blobs> factors{m, m.template make_array<Blob>(2)};
      m.store(factors, 0, matrix(m, 2 * i));
      m.store(factors, 1, matrix(m, 2 * i + 1));
      Local c{m, m.make_blob(bytes())};
      Local a{m, m.load(factors, 0)};
      Local b{m, m.load(factors, 1)};
      auto* product = reinterpret_cast<std::uint32_t*>(m.pin(c));
      const auto* left = reinterpret_cast<const std::uint32_t*>(m.pin(a));
      const auto* right = reinterpret_cast<const std::uint32_t*>(m.pin(b));
      m.blocking([&] { native::multiply(left, right, product, side_); });
      std::uint64_t sum = 0;
      for (std::size_t k = 0; k < side_ * side_; ++k) sum = sum * 31 + product[k];
      outcome.checksum += mix(sum + i);
      ++outcome.operations;
      m.unpin(b);
      m.unpin(a);
      m.unpin(c);
      m.store(factors, 0, nullptr);
      m.store(factors, 1, nullptr);
      m.discard(b);
      m.discard(a);
      m.discard(c);
      m.discard(factors);
    }
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  std::size_t bytes() const { return side_ * side_ * sizeof(std::uint32_t); }

  typename M::template Fresh<Blob> matrix(Mutator& m, std::uint64_t number) {
    Local blob{m, m.make_blob(bytes())};
    auto* const words = reinterpret_cast<std::uint32_t*>(blob->data());
    for (std::size_t i = 0; i < side_ * side_; ++i) {
      words[i] = static_cast<std::uint32_t>(pattern(seed_, number * side_ * side_ + i));
    }
    return m.escape(blob);
  }

  const std::uint64_t seed_, threads_, products_;
  const std::size_t side_;
};

}  // namespace reclaim

// file-io: threads write records to files of their own and read them back, and wait for a device in
// between, as programs do that are not short of a processor: each call is a blocking one. The
// device's part is a sleep, for the page cache answers at once.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>

#include "base/assert.h"
#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo file_io_parameters[] = {
    {"records", "records that all threads together write and read back", 16, 320, 3200, 1, 1e9},
    {"bytes", "size of a record", 256, 4096, 4096, 8, 1e8},
    {"device", "microseconds that the device takes for a record", 20, 200, 200, 0, 1e6},
};

namespace file_io {

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const auto bytes = static_cast<std::uint64_t>(context.parameters.integer("bytes"));
  return static_cast<std::uint64_t>(context.threads) * (2 * bytes + 8);
}

/// A file without a name, gone with its owner.
class Scratch {
 public:
  Scratch() : file_(std::tmpfile()) { require(file_ != nullptr, "no file can be made in /tmp"); }
  ~Scratch() { std::fclose(file_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void write(const std::byte* from, std::size_t bytes) {
    require(::pwrite(::fileno(file_), from, bytes, 0) == static_cast<ssize_t>(bytes),
            "a file in /tmp cannot be written");
  }
  void read(std::byte* to, std::size_t bytes) {
    require(::pread(::fileno(file_), to, bytes, 0) == static_cast<ssize_t>(bytes),
            "a file in /tmp cannot be read");
  }

 private:
  std::FILE* file_;
};

inline void sleep_us(std::int64_t microseconds) {
  const timespec time{microseconds / 1'000'000, microseconds % 1'000'000 * 1000};
  ::nanosleep(&time, nullptr);
}

}  // namespace file_io

inline constexpr WorkloadInfo file_io_info{
    .id = "file-io",
    .shows = "waiting for a device: threads overlap under a GIL too, for it is let go meanwhile",
    .parameters = file_io_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = file_io::peak_live_bytes};

template <Model M>
class FileIo {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Blobs = typename M::template Array<Blob>;
  using Local = typename M::template Local<Blob>;

 public:
  FileIo(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(static_cast<std::uint64_t>(context.threads)),
        records_(static_cast<std::uint64_t>(context.parameters.integer("records"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        device_us_(context.parameters.integer("device")) {}

  /// Thread t has the records [records * t / threads, records * (t + 1) / threads).
  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    file_io::Scratch file;
    const auto t = static_cast<std::uint64_t>(thread);
    for (std::uint64_t i = records_ * t / threads_; i < records_ * (t + 1) / threads_; ++i) {
      typename M::template Local<Blobs> queue{m, m.template make_array<Blob>(1)};
      m.store(queue, 0, record(m, i));
      Local in{m, m.make_blob(bytes_)};
      Local out{m, m.load(queue, 0)};
      m.store(queue, 0, nullptr);
      const std::byte* const from = m.pin(out);
      std::byte* const to = m.pin(in);
      m.blocking([&] {
        file.write(from, bytes_);
        file_io::sleep_us(device_us_);
        file.read(to, bytes_);
      });
      std::uint64_t sum = 0;
      for (std::size_t k = 0; k < bytes_; ++k) sum = sum * 31 + static_cast<std::uint64_t>(to[k]);
      outcome.checksum += mix(sum + i);
      ++outcome.operations;
      m.unpin(in);
      m.unpin(out);
      m.discard(out);
      m.discard(in);
      m.discard(queue);
    }
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  typename M::template Fresh<Blob> record(Mutator& m, std::uint64_t number) {
    Local blob{m, m.make_blob(bytes_)};
    for (std::size_t k = 0; k < bytes_; ++k) {
      blob->data()[k] = static_cast<std::byte>(pattern(seed_, number * bytes_ + k));
    }
    return m.escape(blob);
  }

  const std::uint64_t seed_, threads_, records_;
  const std::size_t bytes_;
  const std::int64_t device_us_;
};

}  // namespace reclaim

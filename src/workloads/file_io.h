// file-io: threads write records to files of their own and read them back, and wait for a device in
// between, as programs do that are not short of a processor: each call is a blocking one. The
// device's part is a sleep, for the page cache answers at once.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "base/assert.h"
#include "boundary/model.h"
#include "boundary/workload.h"
#include "workloads/kernels/pause.h"
#include "workloads/kernels/requests.h"

namespace reclaim {

inline constexpr ParameterInfo file_io_parameters[] = {
    {"records", "records that all threads together write and read back", 16, 320, 3200, 1, 1e9},
    {"bytes", "size of a record", 256, 4096, 4096, 8, 1e8},
    {"device", "microseconds that the device takes for a record", 20, 200, 200, 0, 1e6},
};

namespace file_io {

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

}  // namespace file_io

inline constexpr WorkloadInfo file_io_info{
    .id = "file-io",
    .shows = "waiting for a device: threads overlap under a GIL too, for it is let go meanwhile",
    .origin = "of this project; any program that waits",
    .parameters = file_io_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = kernels::bytes_of_requests,
    .shares = shares_nothing};

template <Model M>
class FileIo {
 public:
  FileIo(typename M::Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(context.threads),
        records_(static_cast<std::uint64_t>(context.parameters.integer("records"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        device_us_(context.parameters.integer("device")) {}

  Outcome run(typename M::Mutator& m, int thread) {
    const kernels::Share share = kernels::share_of(records_, thread, threads_);
    Outcome outcome;
    file_io::Scratch file;
    for (std::uint64_t i = share.first; i < share.last; ++i) {
      outcome +=
          kernels::request<M>(m, seed_, i, bytes_, [&](const std::byte* from, std::byte* to) {
            file.write(from, bytes_);
            kernels::pause_us(device_us_);
            file.read(to, bytes_);
          });
    }
    return outcome;
  }

  void finish(typename M::Mutator&) {}

 private:
  const std::uint64_t seed_;
  const int threads_;
  const std::uint64_t records_;
  const std::size_t bytes_;
  const std::int64_t device_us_;
};

}  // namespace reclaim

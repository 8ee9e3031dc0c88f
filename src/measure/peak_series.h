// A curve in a fixed number of points that never loses its peaks: when it is full, of each two
// neighbours the larger stays, and from then on each point stands for twice as many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reclaim::measure {

class PeakSeries {
 public:
  using Point = std::pair<double, std::uint64_t>;

  /// `most`: points to keep, even.
  explicit PeakSeries(std::size_t most = 200) : most_(most) { points_.reserve(most); }

  /// Times ascend.
  void add(double seconds, std::uint64_t value) {
    if (in_last_ != 0) {
      if (value > points_.back().second) points_.back() = {seconds, value};
    } else {
      if (points_.size() == most_) halve();
      points_.emplace_back(seconds, value);
    }
    in_last_ = (in_last_ + 1) % samples_a_point_;
  }
  const std::vector<Point>& points() const { return points_; }

 private:
  void halve() {
    for (std::size_t i = 0; i < points_.size() / 2; ++i) {
      const Point &a = points_[2 * i], &b = points_[2 * i + 1];
      points_[i] = a.second >= b.second ? a : b;
    }
    points_.resize(points_.size() / 2);
    samples_a_point_ *= 2;
  }

  std::size_t most_;
  std::size_t samples_a_point_ = 1;
  std::size_t in_last_ = 0;  ///< samples that the last point stands for so far; 0: it is complete
  std::vector<Point> points_;
};

}  // namespace reclaim::measure

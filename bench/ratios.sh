#!/bin/sh
# The ratios that are claimed of gcbench at the original's parameters, in one run: every contender in
# one process on one malloc, repetitions in random order, medians at the end.
#   bench/ratios.sh BUILD-FOLDER [ALLOCATOR.so] [REPETITIONS]
set -eu
build=${1:?usage: bench/ratios.sh BUILD-FOLDER [ALLOCATOR.so] [REPETITIONS]}
allocator=${2:-libmimalloc.so.2}
repetitions=${3:-11}
LD_PRELOAD=$allocator exec "$build/bench/bench_hand_written" \
  --benchmark_enable_random_interleaving=true \
  --benchmark_repetitions="$repetitions" \
  --benchmark_report_aggregates_only=true

"""Runs every benchmark but the long one: python -m benchmarks; python -m benchmarks.training_share."""

from benchmarks import index_queries, log_bytes, log_call, recorded_step

for benchmark in (recorded_step, log_call, log_bytes, index_queries):
    benchmark.main()

"""Runs every benchmark but the long one: python -m benchmarks; python -m benchmarks.training_share."""

from benchmarks import index_queries, log_bytes, log_call, log_cost, recorded_step

for benchmark in (recorded_step, log_call, log_bytes, log_cost, index_queries):
    benchmark.main()

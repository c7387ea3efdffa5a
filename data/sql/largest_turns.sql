-- The largest 1 - cosine of any filter at every validated step.
-- in:   $files VARCHAR[] of filter_top
-- out:  step BIGINT, change FLOAT, ordered by step
-- cost: reads three columns whole; the first rank of a step is one of some thousand rows
SELECT step, change
FROM read_parquet($files, hive_partitioning = false)
WHERE rank_all = 1
ORDER BY step

-- The filters that changed most at every validated step of a window (DeepTracker's index I_if, whole).
-- in:   $files VARCHAR[] of filter_top, $count BIGINT, $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, layer INTEGER, filter INTEGER, ordered by step, rank; what did not change, or
--       is not a number, is left out
-- cost: reads three columns of every row: 64 a layer and 512 a step
SELECT step, layer, filter
FROM read_parquet($files, hive_partitioning = false)
WHERE rank_all <= $count
  AND step BETWEEN $first AND $last
  AND change > 0
  AND NOT isnan(change)
ORDER BY step, rank_all

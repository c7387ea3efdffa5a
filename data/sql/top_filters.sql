-- The filters that changed most at one validated step (DeepTracker's index I_if).
-- in:   $files VARCHAR[] of filter_top, $step BIGINT, $count BIGINT
-- out:  layer INTEGER, filter INTEGER, change FLOAT, rank_layer INTEGER, rank_all INTEGER,
--       in no order
-- cost: skips the row groups of other steps
SELECT layer, filter, change, rank_layer, rank_all
FROM read_parquet($files, hive_partitioning = false)
WHERE step = $step AND rank_all <= $count

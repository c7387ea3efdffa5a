-- The change of every filter of one layer as bytes for painting (DeepTracker's index I_lf).
-- in:   $files VARCHAR[] of filter_stat, $layer INTEGER, $series VARCHAR,
--       $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, change_px BLOB, ordered by step; rows without a change are left out
-- cost: skips the row groups of other layers
SELECT step, change_px
FROM read_parquet($files, hive_partitioning = false)
WHERE layer = $layer
  AND series = $series
  AND step BETWEEN $first AND $last
  AND change_px IS NOT NULL
ORDER BY step

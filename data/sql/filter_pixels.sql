-- The change of every filter of some layers as bytes for painting (DeepTracker's index I_lf).
-- in:   $files VARCHAR[] of filter_stat, $layers INTEGER[], $lowest INTEGER and $highest INTEGER
--       of them
-- out:  layer INTEGER, step BIGINT, change_px BLOB, in no order; rows without a change are left out
-- cost: skips the row groups of layers before the first and after the last; to ask for each layer
--       apart would take 8 ms each at paper scale, where all 54 together take 48
SELECT layer, step, change_px
FROM read_parquet($files, hive_partitioning = false)
WHERE layer BETWEEN $lowest AND $highest
  AND ($lowest = $highest OR list_contains($layers::INTEGER[], layer))
  AND series = 'validation'
  AND change_px IS NOT NULL

-- How far every filter of the network moved at one validated step.
-- in:   $files VARCHAR[] of filter_stat, $step BIGINT
-- out:  layer INTEGER, change FLOAT[], relative FLOAT[], ordered by layer
-- cost: one row per layer, but a row group for each, as they are sorted by layer
SELECT layer, change, relative
FROM read_parquet($files, hive_partitioning = false)
WHERE step = $step AND series = 'validation' AND change IS NOT NULL
ORDER BY layer

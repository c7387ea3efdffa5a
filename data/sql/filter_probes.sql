-- What decides whether a layer may hold filters that stand still, at a few steps.
-- in:   $files VARCHAR[] of filter_stat, $at BIGINT[]
-- out:  layer INTEGER, step BIGINT, series VARCHAR, change FLOAT[], relative FLOAT[],
--       activation_max FLOAT[], ordered by layer, series, step
-- cost: a row group for each layer and some hundred steps
SELECT layer, step, series, change, relative, activation_max
FROM read_parquet($files, hive_partitioning = false)
WHERE list_contains($at, step)
ORDER BY layer, series, step

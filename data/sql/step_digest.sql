-- The recorded steps in each file of layer statistics.
-- in:   $files VARCHAR[] of layer_stat
-- out:  filename VARCHAR, series VARCHAR, step BIGINT, ordered by filename, series, step
-- cost: reads two columns that compress to nearly nothing; asked once per file
SELECT filename, series, step
FROM read_parquet($files, hive_partitioning = false)
GROUP BY filename, series, step
ORDER BY filename, series, step

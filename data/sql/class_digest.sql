-- The validated steps in each file of class results, and whether they hold predictions and scores.
-- in:   $files VARCHAR[] of class_stat
-- out:  filename VARCHAR, step BIGINT, predicted BOOLEAN, scored BOOLEAN, ordered by filename, step
-- cost: reads the column of scores for its nulls; asked once per file
SELECT
    filename,
    step,
    bool_or("right" IS NOT NULL) AS predicted,
    bool_or(score IS NOT NULL) AS scored
FROM read_parquet($files, hive_partitioning = false)
GROUP BY filename, step
ORDER BY filename, step

-- The largest finite relative change of any filter at every validated step.
-- in:   $files VARCHAR[] of filter_stat
-- out:  step BIGINT, change FLOAT, ordered by step
-- cost: reads the column of every layer; only lists that hold NaN or infinity are gone through twice
SELECT
    step,
    max(
        CASE
            WHEN isfinite(list_max(relative)) THEN list_max(relative)
            ELSE list_max(list_filter(relative, lambda moved: isfinite(moved)))
        END
    ) AS change
FROM read_parquet($files, hive_partitioning = false)
WHERE series = 'validation' AND relative IS NOT NULL
GROUP BY step
ORDER BY step

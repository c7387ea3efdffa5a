-- The newest value of some scalars at or before a step.
-- in:   $files VARCHAR[] of scalar, $names VARCHAR[], $step BIGINT; tail
-- out:  name VARCHAR, step BIGINT, value DOUBLE, ordered by name
-- cost: skips the row groups of other names (compacted files are sorted by name, step)
SELECT name, max(step) AS step, arg_max(value, step) AS value
FROM (
    SELECT step, name, value
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT step, name, value
    FROM tail
)
WHERE name IN (SELECT unnest($names)) AND step <= $step
GROUP BY name
ORDER BY name

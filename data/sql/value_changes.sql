-- The steps at which scalars change: learning rates ('lr/%'), epochs ('epoch').
-- in:   $files VARCHAR[] of scalar, $pattern VARCHAR (as in LIKE); tail
-- out:  name VARCHAR, step BIGINT, value DOUBLE, ordered by name, step
-- cost: skips the row groups of other names
SELECT name, step, value
FROM (
    SELECT step, name, value
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT step, name, value
    FROM tail
)
WHERE name LIKE $pattern
QUALIFY value IS DISTINCT FROM lag(value) OVER (PARTITION BY name ORDER BY step)
ORDER BY name, step

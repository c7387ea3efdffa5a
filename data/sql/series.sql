-- Every value of one scalar over a window of steps.
-- in:   $files VARCHAR[] of scalar, $name VARCHAR, $first BIGINT, $last BIGINT (both included); tail
-- out:  step BIGINT, value DOUBLE, time BIGINT, ordered by step, time in microseconds since 1970
-- cost: skips the row groups of other names and steps
SELECT step, value, epoch_us(time) AS time
FROM (
    SELECT step, name, value, time
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT step, name, value, time
    FROM tail
)
WHERE name = $name AND step BETWEEN $first AND $last
ORDER BY step, time

-- How many values of one scalar lie in a window of steps, and between which of them.
-- in:   $files VARCHAR[] of scalar, $name VARCHAR, $first BIGINT, $last BIGINT (both included); tail
-- out:  points BIGINT, first_step BIGINT, last_step BIGINT
-- cost: skips the row groups of other names and steps
SELECT count(*) AS points, min(step) AS first_step, max(step) AS last_step
FROM (
    SELECT step, name
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT step, name
    FROM tail
)
WHERE name = $name AND step BETWEEN $first AND $last

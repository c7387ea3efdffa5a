-- One scalar over a window of steps in equal buckets: the range of the finite values in each,
-- and what is not finite, counted apart (min and max of DuckDB would hide a spike behind a NaN).
-- in:   $files VARCHAR[] of scalar, $name VARCHAR, $first BIGINT, $last BIGINT (both included),
--       $buckets BIGINT; tail
-- out:  first_step BIGINT, last_step BIGINT, low DOUBLE, high DOUBLE, mean DOUBLE,
--       low_step BIGINT, high_step BIGINT, bad BIGINT, ordered by first_step; no empty bucket;
--       low_step and high_step are the first of those that reach it
-- cost: reads every value of the window, 150 ms per million on one core
SELECT
    min(step) AS first_step,
    max(step) AS last_step,
    min(value) FILTER (isfinite(value)) AS low,
    max(value) FILTER (isfinite(value)) AS high,
    avg(value) FILTER (isfinite(value)) AS mean,
    arg_min(step, (value, step)) FILTER (isfinite(value)) AS low_step,
    arg_max(step, (value, -step)) FILTER (isfinite(value)) AS high_step,
    count(*) FILTER (NOT isfinite(value)) AS bad
FROM (
    SELECT step, name, value
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT step, name, value
    FROM tail
)
WHERE name = $name AND step BETWEEN $first AND $last
GROUP BY (step - $first) * $buckets // ($last - $first + 1)
ORDER BY first_step

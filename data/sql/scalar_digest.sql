-- What each file of scalars says of each name, so that a listing need not read its rows again.
-- in:   $files VARCHAR[] of scalar; tail
-- out:  filename VARCHAR, name VARCHAR, points BIGINT, first_step BIGINT, last_step BIGINT,
--       last_value DOUBLE, last_time BIGINT, bad BIGINT, first_bad_step BIGINT, first_bad_value DOUBLE,
--       ordered by filename, name; time in microseconds since 1970; filename is empty for the tail
-- cost: reads its files whole; asked once per file
SELECT
    filename,
    name,
    count(*) AS points,
    min(step) AS first_step,
    max(step) AS last_step,
    arg_max(value, step) AS last_value,
    max(epoch_us(time)) AS last_time,
    count(*) FILTER (NOT isfinite(value)) AS bad,
    min(step) FILTER (NOT isfinite(value)) AS first_bad_step,
    arg_min(value, step) FILTER (NOT isfinite(value)) AS first_bad_value
FROM (
    SELECT filename, step, name, value, time
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT '' AS filename, step, name, value, time
    FROM tail
)
GROUP BY filename, name
ORDER BY filename, name

-- How long the newest steps took: what is usual, what was longest, and when the last one was.
-- in:   $files VARCHAR[] of scalar, $after BIGINT (step); tail
-- out:  usual DOUBLE, longest DOUBLE, last_time BIGINT, in seconds and microseconds since 1970
-- cost: reads the files whose steps pass $after
SELECT median(pause) AS usual, max(pause) AS longest, max(time) AS last_time
FROM (
    SELECT time, (time - lag(time) OVER (ORDER BY step)) / 1e6 AS pause
    FROM (
        SELECT step, max(epoch_us(time)) AS time
        FROM (
            SELECT step, time
            FROM read_parquet($files, hive_partitioning = false)
            UNION ALL
            SELECT step, time
            FROM tail
        )
        WHERE step > $after
        GROUP BY step
    )
)

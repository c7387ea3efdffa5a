-- What happened in a window of steps, as the recorder told it.
-- in:   $files VARCHAR[] of event, $first BIGINT, $last BIGINT (both included); tail
-- out:  step BIGINT, kind VARCHAR, message VARCHAR, detail VARCHAR, time BIGINT,
--       ordered by step, time in microseconds since 1970
-- cost: reads its files whole; they are small
SELECT step, kind, message, detail, epoch_us(time) AS time
FROM (
    SELECT step, kind, message, detail, time
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT step, kind, message, detail, time
    FROM tail
)
WHERE step BETWEEN $first AND $last
ORDER BY step, time, kind

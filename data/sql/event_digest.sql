-- How many events of each kind each file holds.
-- in:   $files VARCHAR[] of event; tail
-- out:  filename VARCHAR, kind VARCHAR, events BIGINT, ordered by filename, kind;
--       filename is empty for the tail
-- cost: reads its files whole; asked once per file
SELECT filename, kind, count(*) AS events
FROM (
    SELECT filename, kind
    FROM read_parquet($files, hive_partitioning = false)
    UNION ALL
    SELECT '' AS filename, kind
    FROM tail
)
GROUP BY filename, kind
ORDER BY filename, kind

-- How far some filters moved at every validated step.
-- in:   $files VARCHAR[] of filter_stat, $layers INTEGER[], $filters INTEGER[] (as many, from 0),
--       $measure VARCHAR ('change' or 'relative')
-- out:  step BIGINT, place BIGINT, change FLOAT; place counts the asked filters from 0
-- cost: reads the column asked for of the layers asked for
SELECT
    moved.step AS step,
    asked.place AS place,
    CASE
        WHEN $measure = 'change' THEN moved.change[asked.filter + 1]
        ELSE moved.relative[asked.filter + 1]
    END AS change
FROM
    (
        SELECT
            unnest($layers) AS layer,
            unnest($filters) AS filter,
            unnest(range(len($layers))) AS place
    ) AS asked
INNER JOIN
    (
        SELECT step, layer, change, relative
        FROM read_parquet($files, hive_partitioning = false)
        WHERE series = 'validation' AND list_contains($layers, layer)
    ) AS moved
    ON asked.layer = moved.layer

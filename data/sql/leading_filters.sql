-- How often filters were among the most changing of their layer after a step, and the steps counted.
-- in:   $files VARCHAR[] of filter_top, $after BIGINT, $last BIGINT, $layers INTEGER[],
--       $sizes INTEGER[] (as many: how many filters of the layer are among its most changing)
-- out:  layer INTEGER, filter INTEGER, times BIGINT, steps BIGINT, ordered by layer, filter
-- cost: reads four columns whole
SELECT
    ranked.layer AS layer,
    ranked.filter AS filter,
    count(*) AS times,
    max(counted.steps) AS steps
FROM
    (
        SELECT step, layer, filter, rank_layer
        FROM read_parquet($files, hive_partitioning = false)
        WHERE step > $after AND step <= $last AND change > 0
    ) AS ranked
INNER JOIN
    (SELECT unnest($layers) AS layer, unnest($sizes) AS size) AS sizes
    ON ranked.layer = sizes.layer
INNER JOIN
    (
        SELECT layer, count(DISTINCT step) AS steps
        FROM read_parquet($files, hive_partitioning = false)
        WHERE step > $after AND step <= $last
        GROUP BY layer
    ) AS counted
    ON ranked.layer = counted.layer
WHERE ranked.rank_layer <= sizes.size
GROUP BY ranked.layer, ranked.filter
ORDER BY layer, filter

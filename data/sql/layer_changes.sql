-- How far the weights of every layer as a whole moved at each validated step.
-- in:   $files VARCHAR[] of layer_stat, $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, layer INTEGER, change FLOAT, ordered by step, layer
-- cost: reads five narrow columns of every row
SELECT step, layer, change
FROM read_parquet($files, hive_partitioning = false)
WHERE series = 'validation'
  AND kind = 'weight'
  AND step BETWEEN $first AND $last
  AND change IS NOT NULL
ORDER BY step, layer

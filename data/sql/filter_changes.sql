-- The change of every filter of every layer at the validated steps of a window, for ranks that filter_top has not.
-- in:   $files VARCHAR[] of filter_stat, $measure VARCHAR, $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, layer INTEGER, change FLOAT[], ordered by step, layer; steps without a change
--       are left out; $measure: change is 1 - cosine, relative |w - p| / |p|
-- cost: reads one list column whole: 110 kB a step for the filters of a ResNet-50
SELECT step, layer, CASE WHEN $measure = 'relative' THEN relative ELSE change END AS change
FROM read_parquet($files, hive_partitioning = false)
WHERE series = 'validation'
  AND step BETWEEN $first AND $last
  AND change IS NOT NULL
ORDER BY step, layer

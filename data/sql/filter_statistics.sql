-- Statistics of every filter of one layer over a window of steps (DeepTracker's index I_lf).
-- in:   $files VARCHAR[] of filter_stat, $columns VARCHAR[], $layer INTEGER, $series VARCHAR,
--       $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, previous_step BIGINT,
--       mean FLOAT[], sd FLOAT[], min FLOAT[], max FLOAT[], l2 FLOAT[], change FLOAT[], relative
--       FLOAT[], gradient_l2 FLOAT[], activation_mean FLOAT[], activation_max FLOAT[],
--       active_share FLOAT[], ordered by step;
--       a column that $columns does not name is null
-- cost: skips the row groups of other layers, and the columns not named ($columns folds to constants)
SELECT
    step,
    previous_step,
    CASE WHEN list_contains($columns, 'mean') THEN mean END AS mean,
    CASE WHEN list_contains($columns, 'sd') THEN sd END AS sd,
    CASE WHEN list_contains($columns, 'min') THEN min END AS min,
    CASE WHEN list_contains($columns, 'max') THEN max END AS max,
    CASE WHEN list_contains($columns, 'l2') THEN l2 END AS l2,
    CASE WHEN list_contains($columns, 'change') THEN change END AS change,
    CASE WHEN list_contains($columns, 'relative') THEN relative END AS relative,
    CASE WHEN list_contains($columns, 'gradient_l2') THEN gradient_l2 END AS gradient_l2,
    CASE WHEN list_contains($columns, 'activation_mean') THEN activation_mean END AS activation_mean,
    CASE WHEN list_contains($columns, 'activation_max') THEN activation_max END AS activation_max,
    CASE WHEN list_contains($columns, 'active_share') THEN active_share END AS active_share
FROM read_parquet($files, hive_partitioning = false)
WHERE layer = $layer AND series = $series AND step BETWEEN $first AND $last
ORDER BY step

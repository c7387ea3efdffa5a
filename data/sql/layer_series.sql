-- Some statistics of several layers and modules over a window of steps (DeepTracker's index I_ls).
-- in:   $files VARCHAR[] of layer_stat, $columns VARCHAR[], $layers INTEGER[], $kind VARCHAR,
--       $series VARCHAR, $first BIGINT, $last BIGINT (both included)
-- out:  layer INTEGER, step BIGINT, count BIGINT, nan BIGINT, pos_inf BIGINT, neg_inf BIGINT,
--       min FLOAT, q25 FLOAT, median FLOAT, q75 FLOAT, max FLOAT, mean FLOAT, sd FLOAT, l0 FLOAT,
--       l1 FLOAT, l2 FLOAT, lo FLOAT, hi FLOAT, relative FLOAT, gradient_update_l2 FLOAT,
--       decay_update_l2 FLOAT, bins UINTEGER[], change_share FLOAT[], in no order;
--       a column that $columns does not name is null
-- cost: one scan of the columns named ($columns folds to constants), of all layers in a file
SELECT
    layer,
    step,
    CASE WHEN list_contains($columns, 'count') THEN count END AS count,
    CASE WHEN list_contains($columns, 'nan') THEN nan END AS nan,
    CASE WHEN list_contains($columns, 'pos_inf') THEN pos_inf END AS pos_inf,
    CASE WHEN list_contains($columns, 'neg_inf') THEN neg_inf END AS neg_inf,
    CASE WHEN list_contains($columns, 'min') THEN min END AS min,
    CASE WHEN list_contains($columns, 'q25') THEN q25 END AS q25,
    CASE WHEN list_contains($columns, 'median') THEN median END AS median,
    CASE WHEN list_contains($columns, 'q75') THEN q75 END AS q75,
    CASE WHEN list_contains($columns, 'max') THEN max END AS max,
    CASE WHEN list_contains($columns, 'mean') THEN mean END AS mean,
    CASE WHEN list_contains($columns, 'sd') THEN sd END AS sd,
    CASE WHEN list_contains($columns, 'l0') THEN l0 END AS l0,
    CASE WHEN list_contains($columns, 'l1') THEN l1 END AS l1,
    CASE WHEN list_contains($columns, 'l2') THEN l2 END AS l2,
    CASE WHEN list_contains($columns, 'lo') THEN lo END AS lo,
    CASE WHEN list_contains($columns, 'hi') THEN hi END AS hi,
    CASE WHEN list_contains($columns, 'relative') THEN relative END AS relative,
    CASE WHEN list_contains($columns, 'gradient_update_l2') THEN gradient_update_l2 END AS gradient_update_l2,
    CASE WHEN list_contains($columns, 'decay_update_l2') THEN decay_update_l2 END AS decay_update_l2,
    CASE WHEN list_contains($columns, 'bins') THEN bins END AS bins,
    CASE WHEN list_contains($columns, 'change_share') THEN change_share END AS change_share
FROM read_parquet($files, hive_partitioning = false)
WHERE kind = $kind
  AND series = $series
  AND list_contains($layers::INTEGER[], layer)
  AND step BETWEEN $first AND $last

-- Some statistics of several layers and modules over a window of steps (DeepTracker's index I_ls).
-- in:   $files VARCHAR[] of layer_stat, $columns VARCHAR[], $layers INTEGER[], $kind VARCHAR,
--       $series VARCHAR, $first BIGINT, $last BIGINT (both included)
-- out:  layer INTEGER, step BIGINT, count BIGINT, nan BIGINT, pos_inf BIGINT, neg_inf BIGINT,
--       min FLOAT, q25 FLOAT, median FLOAT, q75 FLOAT, max FLOAT, mean FLOAT, sd FLOAT, l0 FLOAT,
--       l1 FLOAT, l2 FLOAT, lo FLOAT, hi FLOAT, bins UINTEGER[], relative FLOAT,
--       gradient_update_l2 FLOAT, decay_update_l2 FLOAT, change_share FLOAT[], in no order;
--       of the columns after step only those that $columns names
-- cost: one scan of the columns named alone, of all layers in a file
SELECT
    layer,
    step,
    COLUMNS($columns)
FROM read_parquet($files, hive_partitioning = false)
WHERE kind = $kind
  AND series = $series
  AND list_contains($layers::INTEGER[], layer)
  AND step BETWEEN $first AND $last

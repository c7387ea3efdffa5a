-- The statistics of one layer over a window of steps (DeepTracker's index I_ls).
-- in:   $files VARCHAR[] of layer_stat, $layer INTEGER, $kind VARCHAR, $series VARCHAR,
--       $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, previous_step BIGINT, count BIGINT, nan BIGINT, pos_inf BIGINT, neg_inf BIGINT,
--       min FLOAT, q25 FLOAT, median FLOAT, q75 FLOAT, max FLOAT, mean FLOAT, sd FLOAT, l0 FLOAT,
--       l1 FLOAT, l2 FLOAT, lo FLOAT, hi FLOAT, change FLOAT, relative FLOAT,
--       gradient_update_l2 FLOAT, decay_update_l2 FLOAT, sampled BOOLEAN, bins UINTEGER[],
--       change_share FLOAT[], ordered by step
-- cost: skips the row groups of other layers
SELECT
    step, previous_step, count, nan, pos_inf, neg_inf,
    min, q25, median, q75, max, mean, sd, l0, l1, l2, lo, hi, change, relative,
    gradient_update_l2, decay_update_l2, sampled, bins, change_share
FROM read_parquet($files, hive_partitioning = false)
WHERE layer = $layer AND kind = $kind AND series = $series AND step BETWEEN $first AND $last
ORDER BY step

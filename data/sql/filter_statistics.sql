-- Statistics of every filter of one layer over a window of steps (DeepTracker's index I_lf).
-- in:   $files VARCHAR[] of filter_stat, $columns VARCHAR[], $layer INTEGER, $series VARCHAR,
--       $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, previous_step BIGINT,
--       mean FLOAT[], sd FLOAT[], min FLOAT[], max FLOAT[], l2 FLOAT[], change FLOAT[], relative
--       FLOAT[], gradient_l2 FLOAT[], activation_mean FLOAT[], activation_max FLOAT[],
--       active_share FLOAT[], in no order;
--       of the columns after previous_step only those that $columns names
-- cost: skips the row groups of other layers, and the columns not named
SELECT
    step,
    previous_step,
    COLUMNS($columns)
FROM read_parquet($files, hive_partitioning = false)
WHERE layer = $layer AND series = $series AND step BETWEEN $first AND $last

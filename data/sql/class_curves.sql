-- The results of every class over a window of steps (DeepTracker's index I_cs).
-- in:   $files VARCHAR[] of class_stat, $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, class INTEGER, n INTEGER, right INTEGER, in no order
-- cost: reads no per-image list; to sort the rows would take four times as long as to read them
SELECT step, class, n, "right"
FROM read_parquet($files, hive_partitioning = false)
WHERE step BETWEEN $first AND $last

-- The images of one class over a window of steps (DeepTracker's index I_ci).
-- in:   $files VARCHAR[] of class_stat, $class INTEGER, $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, bits UBIGINT[], predicted INTEGER[], confidence UTINYINT[], score FLOAT[],
--       in no order; lists by slot
-- cost: skips the row groups of other classes
SELECT step, bits, predicted, confidence, score
FROM read_parquet($files, hive_partitioning = false)
WHERE class = $class AND step BETWEEN $first AND $last
